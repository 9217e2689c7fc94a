import { type Value, textOf, unknown } from '../../read/value.ts';
import { type Node, childrenOf, composed } from '../grammars.ts';
import { memberOf } from '../variables.ts';

/** What an expression needs of the script around it. */
export interface ExpressionSource {
  unmask(text: string): string;
  variable(name: string): Value;
  pipeline(node: Node): Value;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '' };
const unescape = (text: string): string =>
  text
    .replace(/`(.)|""/gs, (_all, sign: string | undefined) =>
      sign === undefined ? '"' : (escapes[sign] ?? (sign === '\n' ? '' : sign)),
    )
    .replaceAll('\u0000', '');

/** Values of PowerShell's expressions. What computes is unknown. */
export class Expressions {
  readonly #source: ExpressionSource;

  constructor(source: ExpressionSource) {
    this.#source = source;
  }

  value(node: Node): Value {
    if (/^(decimal_integer|real)_literal$/.test(node.type)) return Number(node.text);
    if (node.type === 'verbatim_here_string_characters')
      return this.#source.unmask(node.text.replace(/^@'[ \t]*\r?\n|\r?\n'@$/g, ''));
    return this.#composed(node);
  }

  #composed(node: Node): Value {
    const parts = childrenOf(node);
    const [first] = parts;
    switch (node.type) {
      case 'variable':
        return this.#source.variable(node.text.replace(/^[$@]\{?|\}$/g, ''));
      case 'expandable_string_literal':
        return this.#text(node, 1, 1);
      case 'expandable_here_string_literal':
        return this.#hereText(node);
      case 'verbatim_string_characters':
        return this.#source.unmask(node.text.slice(1, -1).replaceAll("''", "'"));
      case 'hash_literal_expression':
        return this.#map(node);
      case 'array_expression':
        return this.#list(node);
      case 'pipeline':
        return this.#source.pipeline(node);
      case 'sub_expression':
      case 'parenthesized_expression':
      case 'statement_list':
        return parts.length === 1 && first !== undefined ? this.value(first) : unknown(node.text);
      case 'cast_expression':
        return parts[1] === undefined ? unknown(node.text) : this.value(parts[1]);
      case 'array_literal_expression':
        return parts.length > 1 ? parts.map((part) => this.value(part)) : this.#only(node);
      case 'additive_expression':
      case 'additive_argument_expression':
        return this.#sum(node);
      case 'format_expression':
        return this.#format(node);
      case 'member_access':
      case 'element_access':
        return this.#member(node);
      case 'invokation_expression':
        return this.#invoked(node);
      default:
        return this.#only(node);
    }
  }

  /** Most nodes only wrap another. */
  #only(node: Node): Value {
    const [first, ...others] = childrenOf(node);
    if (first === undefined || others.length > 0) return unknown(node.text);
    const text = node.text.trim();
    return /^[-!+]/.test(text) && !text.startsWith(first.text.charAt(0)) ? unknown(text) : this.value(first);
  }

  #text(node: Node, start: number, end: number): string {
    const literal = (text: string) => this.#source.unmask(unescape(text));
    return composed(node, [start, node.text.length - end], literal, (child) => textOf(this.value(child)));
  }

  #hereText(node: Node): string {
    const start = /^@"[ \t]*\r?\n/.exec(node.text)?.[0].length ?? 2;
    const end = /\r?\n"@$/.exec(node.text)?.[0].length ?? 2;
    return this.#text(node, start, end);
  }

  #map(node: Node): Value {
    const entries = childrenOf(node)
      .flatMap(childrenOf)
      .filter(({ type }) => type === 'hash_entry')
      .map((entry): [string, Value] => {
        const [key, value] = childrenOf(entry);
        const [inner] = key === undefined ? [] : childrenOf(key);
        const name =
          inner === undefined || inner.type === 'simple_name'
            ? (inner?.text ?? key?.text ?? '')
            : textOf(this.value(inner));
        return [name, value === undefined ? null : this.value(value)];
      });
    return Object.fromEntries(entries);
  }

  #list(node: Node): Value {
    const items = childrenOf(node)
      .flatMap((child) => (child.type === 'statement_list' ? childrenOf(child) : [child]))
      .map((child) => this.value(child));
    return items.flatMap((item) => (Array.isArray(item) ? (item as Value[]) : [item]));
  }

  #sum(node: Node): Value {
    const [left, right] = childrenOf(node);
    if (left === undefined || right === undefined) return this.#only(node);
    const operator = node.text
      .slice(left.endIndex - node.startIndex, right.startIndex - node.startIndex)
      .trim();
    const first = this.value(left);
    return operator === '+' && typeof first === 'string'
      ? first + textOf(this.value(right))
      : unknown(node.text);
  }

  #format(node: Node): Value {
    const parts = childrenOf(node);
    const [format, operator, ...values] = parts;
    if (format === undefined || operator === undefined) return this.#only(node);
    const texts = values
      .map((each) => this.value(each))
      .flatMap((each) => (Array.isArray(each) ? (each as Value[]) : [each]));
    return textOf(this.value(format)).replace(/\{(\d+)\}/g, (all, index: string) => {
      const value = texts[Number(index)];
      return value === undefined ? all : textOf(value);
    });
  }

  #member(node: Node): Value {
    const [object, name] = childrenOf(node);
    if (object === undefined || name === undefined) return unknown(node.text);
    const key = node.type === 'member_access' ? name.text : textOf(this.value(name));
    return memberOf(this.value(object), key, node.text);
  }

  /** Methods that leave the text what it is, or only encode it. */
  #invoked(node: Node): Value {
    const list = childrenOf(node).find(({ type }) => type === 'argument_list');
    const [argument] = list === undefined ? [] : childrenOf(list).flatMap(childrenOf);
    if (/EscapeDataString|UrlEncode|GetBytes/i.test(node.text) && argument !== undefined)
      return this.value(argument);
    const [, variable] = /GetEnvironmentVariable\(\s*["'](\w+)["']/i.exec(node.text) ?? [];
    if (variable !== undefined) return this.#source.variable(`env:${variable}`);
    const [object] = childrenOf(node);
    return object !== undefined && /\.(ToString|Trim)\(\)$/i.test(node.text)
      ? this.value(object)
      : unknown(node.text);
  }
}
