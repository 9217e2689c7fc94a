import { refuse } from '../errors.ts';
import type { Node } from './tree.ts';

/** Reads the keys of a mapping one by one; what is left over at the end is refused by name. */
export class Fields {
  readonly at: string;
  readonly #what: string;
  readonly #entries: Map<string, { node: Node; at: string }>;

  /** `what` completes "does not know 'x' in …". */
  constructor(node: Node, what: string) {
    if (node.kind !== 'mapping') refuse(node.at, `expected a mapping for ${what}`);
    this.at = node.at;
    this.#what = what;
    this.#entries = new Map(node.entries.map(({ key, value }) => [key.text, { node: value, at: key.at }]));
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  take(key: string): Node | undefined {
    const found = this.#entries.get(key);
    this.#entries.delete(key);
    return found?.node;
  }

  text(key: string): string | undefined {
    const node = this.take(key);
    return node === undefined ? undefined : textOf(node, key);
  }

  flag(key: string, byDefault: boolean): boolean {
    const node = this.take(key);
    if (node === undefined) return byDefault;
    const text = textOf(node, key).trim().toLowerCase();
    if (text !== 'true' && text !== 'false') refuse(node.at, `'${key}' must be true or false, not '${text}'`);
    return text === 'true';
  }

  number(key: string, byDefault: number): number {
    const node = this.take(key);
    if (node === undefined) return byDefault;
    const text = textOf(node, key).trim();
    if (text === '' || !(Number(text) >= 0)) refuse(node.at, `'${key}' must be a number, not '${text}'`);
    return Number(text);
  }

  /** A mapping of texts. */
  texts(key: string): Record<string, string> {
    const node = this.take(key);
    return node === undefined ? {} : textsOf(node, key);
  }

  /** A list; a missing key is an empty one. */
  list(key: string): readonly Node[] {
    const node = this.take(key);
    if (node === undefined || isBlank(node)) return [];
    return node.kind === 'sequence' ? node.items : refuse(node.at, `'${key}' must be a list`);
  }

  /** A list of texts, or one text. */
  names(key: string): readonly string[] | undefined {
    const node = this.take(key);
    if (node === undefined) return undefined;
    if (isBlank(node)) return [];
    return node.kind === 'sequence' ? node.items.map((item) => textOf(item, key)) : [textOf(node, key)];
  }

  /** Accepts keys that change nothing on one machine. */
  ignore(...keys: string[]): void {
    keys.forEach((key) => this.#entries.delete(key));
  }

  /** Refuses what was not read. */
  end(): void {
    const [left] = this.#entries;
    if (left !== undefined) refuse(left[1].at, `the local agent does not know '${left[0]}' in ${this.#what}`);
  }
}

const isBlank = (node: Node) => node.kind === 'scalar' && node.text === '';

/** The text of a scalar. An object or list is refused as the server does: the run is not created. */
export function textOf(node: Node, key: string): string {
  if (node.kind === 'scalar') return node.text;
  return refuse(node.at, `A ${node.kind} was not expected: '${key}' needs text`);
}

export function textsOf(node: Node, key: string): Record<string, string> {
  if (isBlank(node)) return {};
  if (node.kind !== 'mapping') return refuse(node.at, `'${key}' must be a mapping`);
  return Object.fromEntries(
    node.entries.map((entry) => [entry.key.text, textOf(entry.value, entry.key.text)]),
  );
}
