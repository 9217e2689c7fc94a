import type { Scope } from '../../read/scope.ts';
import { type Value, isMap, readBody, textOf, unknown } from '../../read/value.ts';
import { type Node, childrenOf, fieldsOf, parseScript } from '../grammars.ts';
import { type Mask, mask } from '../masks.ts';
import type { Reading, Request } from '../request.ts';
import { readCurl } from '../shell/curl.ts';
import { Variables } from '../variables.ts';
import { Expressions } from './powershell-expressions.ts';
import { type Parameters, namedParameters, requestOf } from './powershell-parameters.ts';

const webCommands = /^(invoke-restmethod|invoke-webrequest|irm|iwr)$/i;
const harmless =
  /^(write-\w+|convert(to|from)-json|out-(null|string)|start-sleep|set-strictmode|import-module|select-object|get-date)$/i;
const branching = [
  'if_statement',
  'switch_statement',
  'while_statement',
  'for_statement',
  'foreach_statement',
  'do_statement',
  'function_statement',
];

/** Follows a script of PowerShell from its first line to its last. */
class PowerShell {
  readonly requests: Request[] = [];
  readonly work: number[] = [];
  readonly #variables = new Variables();
  readonly #expressions: Expressions;
  readonly #unmask: (text: string) => string;
  #isConditional = false;

  constructor(masked: Mask, scope: Scope) {
    this.#unmask = (text) => masked.unmask(text);
    this.#expressions = new Expressions({
      unmask: this.#unmask,
      variable: (name) => this.#variables.get(name.toLowerCase()) ?? fromEnvironment(name, scope),
      pipeline: (node) => this.#pipeline(node, true),
    });
  }

  run(node: Node): void {
    if (branching.includes(node.type)) this.#branch(node);
    else if (node.type === 'catch_clauses') this.#conditionally(() => this.#runAll(node));
    else if (node.type === 'pipeline') this.#pipeline(node, false);
    else this.#runAll(node);
  }

  #runAll(node: Node): void {
    for (const child of childrenOf(node)) this.run(child);
  }

  #conditionally(action: () => void): void {
    const before = this.#isConditional;
    this.#isConditional = true;
    action();
    this.#isConditional = before;
  }

  #branch(node: Node): void {
    const clauses = childrenOf(node).filter(({ type }) =>
      /^(else_clause|elseif_clauses|switch_body)$/.test(type),
    );
    const own = childrenOf(node).filter((child) => !clauses.some(({ id }) => id === child.id));
    const ways = [
      () => own.forEach((child) => this.run(child)),
      ...clauses.map((child) => () => this.run(child)),
    ];
    this.#conditionally(() =>
      this.#variables.branch(
        ways,
        clauses.some(({ type }) => type === 'else_clause'),
      ),
    );
  }

  /** The value of what comes out of a pipeline's end. */
  #pipeline(node: Node, isUsed: boolean): Value {
    const [first] = childrenOf(node);
    if (first?.type === 'assignment_expression') return this.#assign(first);
    let value: Value = '';
    const parts = childrenOf(node).flatMap((each) =>
      each.type === 'pipeline_chain' ? childrenOf(each) : [each],
    );
    parts.forEach((part, index) => {
      const isLast = index === parts.length - 1;
      if (part.type === 'command')
        value = this.#command(part, index === 0 ? undefined : value, isUsed || !isLast);
      else value = this.#expressions.value(part);
    });
    return value;
  }

  #assign(node: Node): Value {
    const [left] = childrenOf(node);
    const [right] = fieldsOf(node, 'value');
    const value = right === undefined ? '' : this.#pipeline(right, true);
    const target = left?.text ?? '';
    const operator = childrenOf(node).find(({ type }) => type === 'assignement_operator')?.text ?? '=';
    const [, name = '', member] =
      /^(?:\[[\w.[\]]+\]\s*)?\$\{?([\w:]+)\}?(?:\.(\w+)|\[\s*["']([^"']+)["']\s*\])?$/.exec(target) ?? [];
    const key = member ?? /\[\s*["']([^"']+)["']\s*\]$/.exec(target)?.[1];
    const variable = name.toLowerCase().replace(/^(script|global|local):/, '');
    if (variable === '') return '';
    if (key !== undefined) this.#variables.setMember(variable, key, value);
    else if (operator === '=') this.#variables.set(variable, value);
    else
      this.#variables.set(
        variable,
        operator === '+=' && !isMap(value)
          ? textOf(this.#variables.get(variable)) + textOf(value)
          : unknown(`$${name}`),
      );
    return '';
  }

  #command(node: Node, input: Value | undefined, isUsed: boolean): Value {
    const name = fieldsOf(node, 'command_name')[0]?.text ?? '';
    const elements = fieldsOf(node, 'command_elements')
      .flatMap(childrenOf)
      .filter(({ type }) => type !== 'command_argument_sep');
    const row = node.startPosition.row;
    const common = { row, isConditional: this.#isConditional, isAnswerUsed: isUsed };
    if (webCommands.test(name)) {
      this.requests.push({ ...requestOf(this.#named(elements), input), ...common });
      return unknown('what a call answers');
    }
    if (/^curl(\.exe)?$/i.test(name)) {
      const { method, urls, data } = readCurl(elements.map((each) => this.#word(each)));
      for (const url of urls)
        this.requests.push({
          ...common,
          method,
          url,
          query: {},
          body: data.length === 0 ? undefined : data.join('&'),
          bodyFile: undefined,
        });
      return unknown('what a call answers');
    }
    if (/^convertto-json$/i.test(name)) return input ?? this.#inputObject(elements);
    if (/^convertfrom-json$/i.test(name)) return readBody(input ?? this.#inputObject(elements));
    if (/^out-string$/i.test(name)) return input ?? '';
    if (!harmless.test(name)) this.work.push(row);
    return unknown(`the output of ${node.text}`);
  }

  #inputObject(elements: readonly Node[]): Value {
    const given = this.#named(elements);
    return given.inputobject ?? given[''] ?? unknown('an object');
  }

  #named(elements: readonly Node[]): Parameters {
    return namedParameters(
      elements,
      (node) => this.#value(node),
      (name) => this.#variables.get(name.toLowerCase()),
    );
  }

  #word(node: Node): string {
    return node.type === 'command_parameter' ? this.#unmask(node.text) : textOf(this.#value(node));
  }

  #value(node: Node): Value {
    return node.type === 'generic_token' || node.type === 'command_parameter'
      ? this.#unmask(node.text)
      : this.#expressions.value(node);
  }
}

function fromEnvironment(name: string, scope: Scope): Value {
  const [, variable] = /^env:(.+)$/i.exec(name) ?? [];
  if (variable !== undefined) return scope.inEnvironment(variable);
  if (/^(true|false)$/i.test(name)) return name.toLowerCase() === 'true';
  return name.toLowerCase() === 'null' ? null : unknown(`$${name}, which only the script knows`);
}

export async function readPowerShell(text: string, scope: Scope): Promise<Reading> {
  const masked = mask(text, scope);
  const root = await parseScript('powershell', masked.masked);
  const shell = new PowerShell(masked, scope);
  shell.run(root);
  return { requests: shell.requests, work: shell.work, statements: [] };
}
