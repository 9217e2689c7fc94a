import type { Scope } from '../../read/scope.ts';
import { type Value, readBody, textOf, unknown } from '../../read/value.ts';
import { type Node, childrenOf, composed, fieldsOf } from '../grammars.ts';
import { type Variables, memberOf } from '../variables.ts';

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\n': '' };
const unescape = (text: string): string =>
  text.replace(/\\(.)/gs, (all, sign: string) => escapes[sign] ?? (/[\\'"]/.test(sign) ? sign : all));

export interface PythonSource {
  readonly scope: Scope;
  readonly variables: Variables;
  unmask(text: string): string;
  /** A call of a function that is none of those that only dress a value. */
  called(node: Node): Value;
}

/** Arguments of a call: those with a name by it, the others by their place. */
export function argumentsOf(
  node: Node,
  value: (node: Node) => Value,
): { readonly placed: readonly Value[]; readonly named: Readonly<Record<string, Value>> } {
  const [list] = fieldsOf(node, 'arguments');
  const placed: Value[] = [];
  const named: Record<string, Value> = {};
  for (const each of list === undefined ? [] : childrenOf(list)) {
    const [name] = fieldsOf(each, 'name');
    const [given] = fieldsOf(each, 'value');
    if (each.type === 'keyword_argument' && name !== undefined && given !== undefined)
      named[name.text] = value(given);
    else if (each.type !== 'comment') placed.push(value(each));
  }
  return { placed, named };
}

const environment = /^(?:os\.)?(?:environ(?:\.get)?|getenv)$/;

/** Values of Python's expressions. What computes is unknown. */
export class PythonExpressions {
  readonly #source: PythonSource;

  constructor(source: PythonSource) {
    this.#source = source;
  }

  value(node: Node): Value {
    const parts = childrenOf(node);
    switch (node.type) {
      case 'string':
        return this.#text(node);
      case 'concatenated_string':
        return parts.map((part) => textOf(this.value(part))).join('');
      case 'integer':
      case 'float':
        return Number(node.text.replaceAll('_', ''));
      case 'true':
      case 'false':
        return node.type === 'true';
      case 'none':
        return null;
      case 'identifier':
        return this.#name(node.text);
      case 'dictionary':
        return this.#map(parts);
      case 'list':
      case 'tuple':
        return parts.map((part) => this.value(part));
      case 'parenthesized_expression':
      case 'await':
        return parts[0] === undefined ? unknown(node.text) : this.value(parts[0]);
      case 'binary_operator':
        return this.#operator(node);
      case 'subscript':
        return this.#subscript(node);
      case 'call':
        return this.#call(node);
      default:
        return unknown(node.text);
    }
  }

  #name(name: string): Value {
    const unmasked = this.#source.unmask(name);
    return unmasked === name
      ? (this.#source.variables.get(name) ?? unknown(`${name}, which only the script knows`))
      : unmasked;
  }

  #text(node: Node): string {
    const [start, ...rest] = childrenOf(node);
    const end = rest.at(-1);
    if (start === undefined || end === undefined) return '';
    const prefix = start.text.toLowerCase();
    const literal = (text: string) => {
      const braces = prefix.includes('f') ? text.replace(/\{\{/g, '{').replace(/\}\}/g, '}') : text;
      return this.#source.unmask(prefix.includes('r') ? braces : unescape(braces));
    };
    return composed(node, [start.text.length, node.text.length - end.text.length], literal, (child) => {
      if (child.type !== 'interpolation')
        return child.type === 'string_start' || child.type === 'string_end' ? '' : undefined;
      const [expression] = fieldsOf(child, 'expression');
      return childrenOf(child).length === 1 && expression !== undefined
        ? textOf(this.value(expression))
        : unknown(child.text);
    });
  }

  #map(parts: readonly Node[]): Value {
    const entries = parts.flatMap((part): [string, Value][] => {
      const [key] = fieldsOf(part, 'key');
      const [value] = fieldsOf(part, 'value');
      if (key !== undefined && value !== undefined) return [[textOf(this.value(key)), this.value(value)]];
      const [inner] = childrenOf(part);
      const splat = part.type === 'dictionary_splat' && inner !== undefined ? this.value(inner) : undefined;
      if (part.type === 'comment') return [];
      return typeof splat === 'object' && splat !== null
        ? Object.entries(splat as Record<string, Value>)
        : [[unknown(part.text), null]];
    });
    return Object.fromEntries(entries);
  }

  #operator(node: Node): Value {
    const [left] = fieldsOf(node, 'left');
    const [right] = fieldsOf(node, 'right');
    const operator = fieldsOf(node, 'operator')[0]?.text;
    if (left === undefined || right === undefined) return unknown(node.text);
    const first = this.value(left);
    const second = this.value(right);
    if (operator === '+' && typeof first === 'string' && typeof second === 'string') return first + second;
    if (operator !== '%' || typeof first !== 'string') return unknown(node.text);
    const values = Array.isArray(second) ? (second as Value[]) : [second];
    let at = 0;
    return first.replace(/%[sd]/g, () => textOf(values[at++]));
  }

  #subscript(node: Node): Value {
    const [object] = fieldsOf(node, 'value');
    const [key] = fieldsOf(node, 'subscript');
    if (object === undefined || key === undefined) return unknown(node.text);
    if (environment.test(object.text)) return this.#source.scope.inEnvironment(textOf(this.value(key)));
    return memberOf(this.value(object), textOf(this.value(key)), node.text);
  }

  #call(node: Node): Value {
    const [called] = fieldsOf(node, 'function');
    if (called === undefined) return unknown(node.text);
    const { placed, named } = argumentsOf(node, (each) => this.value(each));
    const [first, second] = placed;
    if (environment.test(called.text) && first !== undefined) {
      const value = this.#source.scope.inEnvironment(textOf(first));
      // A variable that nobody sets leaves the default.
      return second !== undefined && this.#source.scope.assumed.has(textOf(first)) ? second : value;
    }
    if (
      /^(json\.)?(dumps|loads)$|^(urllib\.parse\.)?quote(_plus)?$|^str$/.test(called.text) &&
      first !== undefined
    )
      return called.text.endsWith('loads') ? readBody(first) : first;
    const [object] = fieldsOf(called, 'object');
    const method = fieldsOf(called, 'attribute')[0]?.text ?? '';
    if (object !== undefined && called.type === 'attribute') {
      if (/^(encode|strip|decode)$/.test(method)) return this.value(object);
      if (method === 'format' && object.type === 'string')
        return format(textOf(this.value(object)), placed, named);
      if (method === 'get' && first !== undefined && this.#source.variables.has(object.text))
        return memberOf(this.value(object), textOf(first), node.text);
    }
    return this.#source.called(node);
  }
}

function format(text: string, placed: readonly Value[], named: Readonly<Record<string, Value>>): string {
  let at = 0;
  return text.replace(/(?<!\$\{|\$)\{(\w*)\}/g, (_all, name: string) => {
    if (name === '') return textOf(placed[at++]);
    return textOf(
      /^\d+$/.test(name)
        ? placed[Number(name)]
        : (named[name] ?? unknown(`${name}, which only the script knows`)),
    );
  });
}
