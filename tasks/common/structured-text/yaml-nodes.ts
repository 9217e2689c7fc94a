import { type Alias, type Document, Scalar, isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import {
  PlainScalar,
  type Structured,
  type StructuredEntry,
  deepestNesting,
  isStructuredList,
  isStructuredMap,
  setOwn,
} from './value.ts';

/** What aliases may repeat in one text: enough for thousands of entities, too little for a text that unfolds into gigabytes. */
const mostAliasedValues = 200_000;
const mostAliasedCharacters = 16 * 1024 * 1024;

/** YAML 1.1, in which many people still write, has these words for booleans. */
const oldBooleans: ReadonlyMap<string, boolean> = new Map([
  ...['yes', 'Yes', 'YES', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['no', 'No', 'NO', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);

export const nestedTooDeeply = 'The text is nested too deeply';
export const doubledKey = 'The same key stands here twice';
export const inexactNumber =
  'The number cannot be sent as a number without changing it. Put it in quotes to send it as text';

export interface YamlDocument {
  readonly value: Structured;
  /** The entries of a document that is a list; otherwise the document itself. */
  readonly entries: readonly StructuredEntry[];
}

/** Ends the reading; the problem is noted. */
export class TooMuch extends Error {}

type NoteProblem = (offset: number, message: string) => void;

/** Reads the nodes of a document. */
export class NodeReader {
  readonly #document: Document.Parsed;
  readonly #note: NoteProblem;
  /** What each anchor stands for, so far; undefined inside its own value. */
  readonly #anchors = new Map<string, Structured | undefined>();
  readonly #repeated = { values: 0, characters: 0 };

  constructor(document: Document.Parsed, note: NoteProblem) {
    this.#document = document;
    this.#note = note;
  }

  readDocument(lineOf: (offset: number) => number): YamlDocument {
    const { contents } = this.#document;
    const nodes: readonly unknown[] = isSeq(contents) ? contents.items : [contents];
    const entries = nodes.map((node) => ({ value: this.read(node, 1), line: lineOf(offsetOf(node)) }));
    return {
      value: isSeq(contents) ? entries.map(({ value }) => value) : (entries[0]?.value ?? null),
      entries,
    };
  }

  read(node: unknown, depth: number): Structured {
    if (depth > deepestNesting)
      return this.#refuse(node, `The text is nested deeper than ${deepestNesting} levels`);
    if (isAlias(node)) return this.#repeat(node, depth);
    const anchor = isNode(node) && 'anchor' in node ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
    if (anchor !== undefined && isScalar(node) && node.source === '')
      return this.#refuse(
        node,
        'There is no value behind the anchor. A value that begins with & needs quotes',
      );
    const value = this.#readNode(node, depth);
    if (anchor !== undefined) this.#anchors.set(anchor, value);
    return value;
  }

  #readNode(node: unknown, depth: number): Structured {
    if (isScalar(node)) return this.#scalar(node);
    if (isSeq(node)) return node.items.map((item) => this.read(item, depth + 1));
    return isMap(node) ? this.#map(node, depth) : null;
  }

  /** The value itself, not a copy: nothing changes it. */
  #repeat(alias: Alias, depth: number): Structured {
    const value = this.#anchors.get(alias.source);
    if (value === undefined) {
      const place = this.#anchors.has(alias.source)
        ? 'An alias stands inside of what it'
        : 'There is no anchor that this alias';
      return this.#refuse(alias, `${place} stands for. A value that begins with * needs quotes`);
    }
    this.#count(value, depth);
    const { values, characters } = this.#repeated;
    if (values > mostAliasedValues || characters > mostAliasedCharacters) {
      const problem = `Aliases repeat more than ${mostAliasedValues} values or ${mostAliasedCharacters} characters`;
      this.#refuse(alias, problem);
      throw new TooMuch();
    }
    return value;
  }

  /** Counts what is repeated, until it is too much. */
  #count(value: Structured, depth: number): void {
    if (depth > deepestNesting) throw new RangeError(nestedTooDeeply);
    const repeated = this.#repeated;
    if (++repeated.values > mostAliasedValues || repeated.characters > mostAliasedCharacters) return;
    if (typeof value === 'string') repeated.characters += value.length;
    else if (isStructuredList(value)) for (const item of value) this.#count(item, depth + 1);
    else if (isStructuredMap(value)) {
      for (const [key, item] of Object.entries(value)) {
        repeated.characters += key.length;
        this.#count(item, depth + 1);
      }
    }
  }

  #map(node: { items: readonly { key: unknown; value: unknown }[] }, depth: number): Structured {
    const result: Record<string, Structured> = {};
    for (const { key, value } of node.items) {
      const name = keyText(key);
      if (isScalar(key) && key.anchor !== undefined) this.#anchors.set(key.anchor, this.#scalar(key));
      if (name === undefined) this.#refuse(key, 'A key must be text');
      else if (name === '<<' && isAlias(value))
        this.#refuse(key, 'Merge keys are not supported. Write the keys out');
      else if (Object.hasOwn(result, name)) this.#refuse(key, doubledKey);
      else setOwn(result, name, this.read(value, depth + 1));
    }
    return result;
  }

  #scalar(node: Scalar): Structured {
    const { value, source } = node;
    const isPlain = node.type === Scalar.PLAIN && node.tag === undefined;
    if (typeof value === 'string') {
      const old = isPlain ? oldBooleans.get(value) : undefined;
      return old === undefined ? value : new PlainScalar(value, old);
    }
    if (typeof value !== 'number' && typeof value !== 'boolean') {
      return source === undefined || source === '' ? null : new PlainScalar(source, null);
    }
    if (isPlain) return new PlainScalar(source ?? String(value), value);
    if (typeof value === 'number' && !isExact(source ?? '', value)) {
      return this.#refuse(node, inexactNumber);
    }
    return value;
  }

  #refuse(node: unknown, message: string): null {
    this.#note(offsetOf(node), message);
    return null;
  }
}

/** A key is text, whatever it looks like: `1`, `true` and `null` too. */
function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  return key.source ?? String(key.value);
}

function offsetOf(node: unknown): number {
  const { range } = (node ?? {}) as { range?: readonly number[] | null };
  return range?.[0] ?? 0;
}

/** Whether a number can be written as JSON without changing its value: finite, and no integer beyond a double's 53 bits. */
export function isExact(text: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (Number.isSafeInteger(value) || !Number.isInteger(value)) return true;
  return !/^[-+]?\d+$/.test(text) || BigInt(text.replace('+', '')) === BigInt(value);
}
