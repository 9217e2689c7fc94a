import type { Scope } from '../read/scope.ts';
import { textOf, unknown } from '../read/value.ts';
import { Commands } from './bash-commands.ts';
import { type WordSource, wordText, words } from './bash-words.ts';
import { type Node, childrenOf, fieldsOf, parseScript } from './grammars.ts';
import { type Mask, mask, privateCharacters } from './masks.ts';
import type { Reading, Request } from './request.ts';
import { Variables } from './variables.ts';

/** Names that a command has more often than a variable: in a script `$(date)` is what date prints. */
const commands = new Set(
  'arch cat date env hostname id ls mktemp nproc pwd tput true tty uname uptime uuidgen whoami jq git'.split(' '),
);

const positions = [...'123456789'];
const branching = ['if_statement', 'case_statement', 'while_statement', 'ternary_expression'];

/** What a part of a script runs with. */
interface Context {
  readonly stdin: string | undefined;
  readonly isConditional: boolean;
  readonly isAnswerUsed: boolean;
  readonly depth: number;
}

/** Follows a script from its first line to its last, both ways where it branches, and keeps the calls. */
class Shell implements WordSource {
  readonly requests: Request[] = [];
  readonly work: number[] = [];
  readonly #mask: Mask;
  readonly #scope: Scope;
  readonly #variables = new Variables();
  readonly #arrays = new Map<string, readonly string[]>();
  readonly #functions = new Map<string, Node>();
  readonly #commands = new Commands();

  constructor(maskOfScript: Mask, scope: Scope, parameters: readonly string[]) {
    this.#mask = maskOfScript;
    this.#scope = scope;
    parameters.forEach((each, index) => this.#variables.set(String(index + 1), each));
  }

  unmask(text: string): string {
    const plain = this.#mask.unmask(text);
    return plain.replace(/\$\((\w+)\)/g, (all, name: string) =>
      this.#variables.has(name) && !this.#scope.isDeclared(name)
        ? unknown(`$(${name}), which is a variable of the script and no macro`)
        : all,
    );
  }

  variable(name: string): string {
    const own = this.#variables.get(name);
    if (own !== undefined) return textOf(own);
    return /^[A-Za-z_]\w*$/.test(name) ? this.#scope.inEnvironment(name) : unknown(`$${name}`);
  }

  array(name: string): readonly string[] | undefined {
    return this.#arrays.get(name);
  }

  outputOf(substitution: Node): string {
    const outputs = childrenOf(substitution).map((child) => this.run(child, { ...outermost, depth: 1, isAnswerUsed: true }));
    return (outputs.at(-1) ?? '').replace(/\n+$/, '');
  }

  /** Runs a node; what it prints. */
  run(node: Node, context: Context): string {
    switch (node.type) {
      case 'command':
        return this.#command(node, context);
      case 'variable_assignment':
        this.#assign(node);
        return '';
      case 'declaration_command':
        for (const child of childrenOf(node)) if (child.type === 'variable_assignment') this.#assign(child);
        return '';
      case 'function_definition':
        this.#functions.set(fieldsOf(node, 'name')[0]?.text ?? '', node);
        return '';
      case 'pipeline':
        return this.#pipe(childrenOf(node), context);
      case 'redirected_statement':
        return this.#redirected(node, context);
      case 'for_statement':
        return this.#loop(node, context);
      case 'list':
        return this.#list(node, context);
      case 'comment':
        return '';
      default:
        return branching.includes(node.type) ? this.#branch(node, context) : this.#sequence(childrenOf(node), context);
    }
  }

  #sequence(nodes: readonly Node[], context: Context): string {
    return nodes.map((node) => this.run(node, context)).join('');
  }

  #list(node: Node, context: Context): string {
    const [left, right] = childrenOf(node);
    const isOr = node.children.some((child) => child?.type === '||');
    const first = left === undefined ? '' : this.run(left, context);
    if (right === undefined) return first;
    return first + this.run(right, { ...context, isConditional: context.isConditional || isOr });
  }

  #pipe(nodes: readonly Node[], context: Context): string {
    let { stdin } = context;
    nodes.forEach((node, index) => {
      const isLast = index === nodes.length - 1;
      stdin = this.run(node, { ...context, stdin, isAnswerUsed: context.isAnswerUsed || !isLast });
    });
    return stdin ?? '';
  }

  #branch(node: Node, context: Context): string {
    const clauses = ['else_clause', 'elif_clause', 'case_item'];
    const isClause = ({ type }: Node) => clauses.includes(type);
    const others = childrenOf(node).filter(isClause);
    const ways = [childrenOf(node).filter((child) => !isClause(child)), ...others.map((each) => [each])];
    const isExhaustive = others.some(({ type, text }) => type === 'else_clause' || text.startsWith('*)'));
    this.#variables.branch(
      ways.map((way) => () => this.#sequence(way, { ...context, isConditional: true })),
      isExhaustive,
    );
    return unknown(`the output of ${node.type.replace('_', ' ')}`);
  }

  /** A loop over words is run for each of them; of files, once, with their pattern. */
  #loop(node: Node, context: Context): string {
    const [variable] = fieldsOf(node, 'variable');
    const values = fieldsOf(node, 'value').flatMap((value) => words(value, this));
    const [body] = fieldsOf(node, 'body');
    if (variable === undefined || body === undefined) return '';
    const isUnknown = values.length === 0 || values.some((value) => value.includes('\uE000'));
    for (const value of isUnknown ? [unknown(`${variable.text}, one of a loop`)] : values) {
      this.#variables.set(variable.text, value);
      this.run(body, { ...context, isConditional: context.isConditional || isUnknown });
    }
    return '';
  }

  #redirected(node: Node, context: Context): string {
    const [body] = fieldsOf(node, 'body');
    const redirects = fieldsOf(node, 'redirect');
    let { stdin } = context;
    let target: string | undefined;
    let rest: readonly Node[] = [];
    for (const redirect of redirects) {
      if (redirect.type === 'heredoc_redirect') {
        const parts = childrenOf(redirect);
        const text = parts.find(({ type }) => type === 'heredoc_body');
        const isRaw = /^['"\\]/.test(parts.find(({ type }) => type === 'heredoc_start')?.text ?? '');
        stdin = text === undefined ? '' : isRaw ? this.unmask(text.text) : wordText(text, this);
        rest = parts.filter(({ type }) => ['pipeline', 'command'].includes(type));
        target = this.#target(parts.find(({ type }) => type === 'file_redirect')) ?? target;
      } else if (redirect.type === 'file_redirect') {
        if (redirect.text.startsWith('<')) stdin = this.#commands.file(this.#destination(redirect));
        else target = this.#target(redirect) ?? target;
      }
    }
    const isUsed = context.isAnswerUsed || rest.length > 0;
    let output = body === undefined ? '' : this.run(body, { ...context, stdin, isAnswerUsed: isUsed });
    if (rest.length > 0) output = this.#pipe(rest, { ...context, stdin: output });
    if (target === undefined) return output;
    this.#commands.write(target, output, redirects.some(({ text }) => text.includes('>>')));
    return '';
  }

  #destination(redirect: Node): string {
    const [word] = fieldsOf(redirect, 'destination');
    return word === undefined ? '' : wordText(word, this);
  }

  /** Where standard output goes; undefined for `2>&1` and the like. */
  #target(redirect: Node | undefined): string | undefined {
    if (redirect === undefined || !/^1?>/.test(redirect.text) || redirect.text.includes('>&')) return undefined;
    return this.#destination(redirect);
  }

  #command(node: Node, context: Context): string {
    const [name] = fieldsOf(node, 'name');
    for (const child of childrenOf(node)) if (child.type === 'variable_assignment') this.#assign(child);
    if (name === undefined) return '';
    const all = [wordText(childrenOf(name)[0] ?? name, this), ...fieldsOf(node, 'argument').flatMap((each) => words(each, this))];
    const herestring = fieldsOf(node, 'redirect').find(({ type }) => type === 'herestring_redirect');
    const [text] = herestring === undefined ? [] : childrenOf(herestring);
    const stdin = text === undefined ? context.stdin : wordText(text, this);
    const called = this.#functions.get(all[0] ?? '');
    if (called !== undefined && context.depth < 10) return this.#call(called, all.slice(1), context);
    const { output, requests, isWork } = this.#commands.run(all, stdin, node.text);
    const row = node.startPosition.row;
    for (const request of requests) this.requests.push({ ...request, row, isConditional: context.isConditional, isAnswerUsed: context.isAnswerUsed });
    if (isWork && context.depth === 0) this.work.push(row);
    return output;
  }

  #call(definition: Node, parameters: readonly string[], context: Context): string {
    const before = positions.map((each) => [each, this.#variables.get(each)] as const);
    positions.forEach((each, index) => this.#variables.set(each, parameters[index] ?? ''));
    const [body] = fieldsOf(definition, 'body');
    const output = body === undefined ? '' : this.run(body, { ...context, depth: context.depth + 1 });
    for (const [name, value] of before) if (value !== undefined) this.#variables.set(name, value);
    return output;
  }

  #assign(node: Node): void {
    const name = fieldsOf(node, 'name')[0]?.text ?? '';
    const [value] = fieldsOf(node, 'value');
    const before = node.text.startsWith(`${name}+=`) ? textOf(this.#variables.get(name)) : '';
    if (value?.type === 'array') {
      const items = childrenOf(value).flatMap((child) => words(child, this));
      this.#arrays.set(name, before === '' && !node.text.startsWith(`${name}+=`) ? items : [...(this.#arrays.get(name) ?? []), ...items]);
    } else this.#variables.set(name, before + (value === undefined ? '' : wordText(value, this)));
  }
}

const outermost: Context = { stdin: undefined, isConditional: false, isAnswerUsed: false, depth: 0 };

/** Reads a script of Bash or another shell of its kind. @param parameters the script's arguments */
export async function readBash(text: string, scope: Scope, parameters: readonly string[] = []): Promise<Reading> {
  const masked = mask(text, {
    first: privateCharacters,
    isMacro: (name) => scope.isDeclared(name) || !commands.has(name),
    valueOf: (found) => scope.resolve(found),
  });
  const root = await parseScript('bash', masked.masked);
  const shell = new Shell(masked, scope, parameters);
  shell.run(root, outermost);
  const statements = childrenOf(root).map((node) => [node.startPosition.row, node.endPosition.row] as const);
  return { requests: shell.requests, work: shell.work, statements };
}
