import type { Scope } from '../../read/scope.ts';
import { type Value, isMap, textOf, toJson, unknown } from '../../read/value.ts';
import { type Node, childrenOf, fieldsOf, parseScript } from '../grammars.ts';
import { type Mask, letters, mask } from '../masks.ts';
import type { Reading, Request } from '../request.ts';
import { Variables } from '../variables.ts';
import { PythonExpressions, argumentsOf } from './python-expressions.ts';

const verbs = /^(get|post|put|patch|delete|head|request)$/;
const harmless =
  /^(print|json\.|os\.|sys\.|time\.sleep|\w+\.raise_for_status|\w+\.json|exit|urllib\.request\.urlopen|urlopen|len|int|str|datetime\.)/;
const branching =
  /^(if_statement|for_statement|while_statement|try_statement|match_statement|conditional_expression)$/;

/** Follows a script of Python from its first line to its last: requests, httpx and urllib. */
class Python {
  readonly requests: Request[] = [];
  readonly work: number[] = [];
  readonly #variables = new Variables();
  readonly #functions = new Map<string, Node>();
  readonly #expressions: PythonExpressions;
  #isConditional = false;
  #depth = 0;

  constructor(masked: Mask, scope: Scope) {
    this.#expressions = new PythonExpressions({
      scope,
      variables: this.#variables,
      unmask: (text) => masked.unmask(text),
      called: (node) => this.#called(node),
    });
  }

  run(node: Node): void {
    if (node.type === 'function_definition') this.#functions.set(fieldsOf(node, 'name')[0]?.text ?? '', node);
    else if (node.type === 'if_statement' && node.text.includes('__name__')) this.#runAll(node);
    else if (branching.test(node.type)) this.#branch(node);
    else if (node.type === 'assignment') this.#assign(node);
    else if (node.type === 'call') this.#expressions.value(node);
    else this.#runAll(node);
  }

  #runAll(node: Node): void {
    for (const child of childrenOf(node)) this.run(child);
  }

  /** Of `try` the body always runs. */
  #branch(node: Node): void {
    const isTry = node.type === 'try_statement';
    const clauses = childrenOf(node).filter(({ type }) => /^(else|elif|except|finally)_/.test(type));
    const own = childrenOf(node).filter((child) => !clauses.some(({ id }) => id === child.id));
    const run = (nodes: readonly Node[]) => nodes.forEach((each) => this.run(each));
    if (isTry) run(own);
    const before = this.#isConditional;
    this.#isConditional = true;
    const ways = [...(isTry ? [] : [own]), ...clauses.map((each) => [each])].map((way) => () => run(way));
    this.#variables.branch(ways, !isTry && clauses.some(({ type }) => type === 'else_clause'));
    this.#isConditional = before;
  }

  #assign(node: Node): void {
    const [left] = fieldsOf(node, 'left');
    const [right] = fieldsOf(node, 'right');
    if (left === undefined || right === undefined) return;
    const value = this.#expressions.value(right);
    if (left.type === 'identifier') this.#variables.set(left.text, value);
    const [object] = fieldsOf(left, 'value');
    const [key] = fieldsOf(left, 'subscript');
    if (left.type === 'subscript' && object?.type === 'identifier' && key !== undefined)
      this.#variables.setMember(object.text, textOf(this.#expressions.value(key)), value);
  }

  #called(node: Node): Value {
    const [called] = fieldsOf(node, 'function');
    const name = called?.text ?? '';
    const { placed, named } = argumentsOf(node, (each) => this.#expressions.value(each));
    const definition = this.#functions.get(name);
    if (definition !== undefined && this.#depth < 10) return this.#callOwn(definition, placed, named);
    const [, object = '', verb = ''] = /^(?:(.*)\.)?(\w+)$/s.exec(name) ?? [];
    if (verb === 'Request') {
      const [url, data, , method] = placed;
      return this.#add(node, textOf(named.method ?? method), {
        ...named,
        url: named.url ?? url,
        data: named.data ?? data,
      });
    }
    if (/^(requests|httpx|\w*session|\w*client|s|http)$/i.test(object) && verbs.test(verb)) {
      const [url, data] = verb === 'request' ? placed.slice(1) : placed;
      const method = verb === 'request' ? textOf(named.method ?? placed[0]) : verb;
      return this.#add(node, method, { ...named, url: named.url ?? url, data: named.data ?? data });
    }
    if (!harmless.test(name) && !/^(requests|httpx)\./.test(name)) this.work.push(node.startPosition.row);
    // A number or an object is none of the calls that a value is dressed by.
    return unknown(node.text);
  }

  #callOwn(definition: Node, placed: readonly Value[], named: Readonly<Record<string, Value>>): Value {
    const [parameters] = fieldsOf(definition, 'parameters');
    (parameters === undefined ? [] : childrenOf(parameters)).forEach((parameter, index) => {
      const name = /^\w+/.exec(parameter.text)?.[0] ?? '';
      const [byDefault] = fieldsOf(parameter, 'value');
      const value =
        named[name] ??
        placed[index] ??
        (byDefault === undefined ? unknown(name) : this.#expressions.value(byDefault));
      this.#variables.set(name, value);
    });
    const [body] = fieldsOf(definition, 'body');
    this.#depth += 1;
    if (body !== undefined) this.run(body);
    this.#depth -= 1;
    const returned =
      body === undefined ? undefined : childrenOf(body).findLast(({ type }) => type === 'return_statement');
    const [value] = returned === undefined ? [] : childrenOf(returned);
    return value === undefined || value.type === 'call'
      ? unknown(`what ${definition.childForFieldName('name')?.text ?? 'a function'} returns`)
      : this.#expressions.value(value);
  }

  #add(node: Node, method: string, given: Readonly<Record<string, Value | undefined>>): Value {
    const body = given.json ?? given.data ?? given.content;
    const { params: query } = given;
    this.requests.push({
      method: (method || (body === undefined ? 'GET' : 'POST')).toUpperCase(),
      url: textOf(given.url),
      query: isMap(query) ? query : {},
      body: typeof body === 'string' || body === undefined ? body : toJson(body),
      bodyFile: undefined,
      row: node.startPosition.row,
      isConditional: this.#isConditional,
      isAnswerUsed: node.parent?.type === 'assignment',
    });
    return unknown('what a call answers');
  }
}

export async function readPython(text: string, scope: Scope): Promise<Reading> {
  const masked = mask(text, scope, { first: letters });
  const root = await parseScript('python', masked.masked);
  const python = new Python(masked, scope);
  python.run(root);
  return { requests: python.requests, work: python.work, statements: [] };
}
