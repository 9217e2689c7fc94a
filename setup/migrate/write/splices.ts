import type { Node, YAMLSeq } from 'yaml';

/** A part of a text that another takes the place of. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with all splices, which do not overlap, done. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, text: own } of splices.toSorted(
    (left, right) => left.start - right.start || left.end - right.end,
  )) {
    result += text.slice(at, start) + own;
    at = end;
  }
  return result + text.slice(at);
}

/** An item of a list in the text: from its dash to the last character that is not blank. */
export interface Item {
  readonly start: number;
  readonly end: number;
  /** Columns before the dash. */
  readonly indent: number;
}

/** Undefined for what stands in no list of lines, such as `[a, b]`. */
export function itemAt(text: string, node: Node): Item | undefined {
  const [from = 0, to = 0] = node.range ?? [];
  const start = text.lastIndexOf('-', from);
  const lineStart = text.lastIndexOf('\n', start) + 1;
  const before = text.slice(lineStart, start);
  if (start < 0 || before.trim() !== '' || text.slice(start + 1, from).trim() !== '') return undefined;
  return { start, end: from + text.slice(from, to).trimEnd().length, indent: before.length };
}

/** What an item becomes, and what stands before and behind it. */
export interface ItemChange {
  before: string[];
  /** Undefined: the item is taken away. */
  own: string | undefined;
  after: string[];
}

/** Items as YAML, brought to the indentation of their list. */
const indented = (item: string, by: number): string =>
  item.trimEnd().replace(/\n(?=[^\n])/g, `\n${' '.repeat(by)}`);

/** The splice of a changed item; of one that is taken away its lines go, with the line break before them. */
export function spliceOf(item: Item, change: ItemChange): Splice {
  const parts = [
    ...change.before.map((each) => indented(each, item.indent)),
    ...(change.own === undefined ? [] : [change.own]),
    ...change.after.map((each) => indented(each, item.indent)),
  ];
  if (parts.length > 0)
    return { start: item.start, end: item.end, text: parts.join(`\n${' '.repeat(item.indent)}`) };
  return { start: Math.max(0, item.start - item.indent - 1), end: item.end, text: '' };
}

/** Changes to the items of lists, each begun as "stays as it is". */
export class ItemChanges {
  readonly #text: string;
  readonly #changes = new Map<Node, ItemChange>();

  constructor(text: string) {
    this.#text = text;
  }

  of(node: Node): ItemChange {
    const known = this.#changes.get(node);
    if (known !== undefined) return known;
    const item = itemAt(this.#text, node);
    const change = {
      before: [],
      own: item === undefined ? '' : this.#text.slice(item.start, item.end),
      after: [],
    };
    this.#changes.set(node, change);
    return change;
  }

  /** Whether nothing stands where the item stood. */
  isGone(node: Node): boolean {
    const change = this.#changes.get(node);
    return (
      change !== undefined && change.own === undefined && change.before.length + change.after.length === 0
    );
  }

  /** Undefined where one of the items stands in no list of lines. */
  splices(): readonly Splice[] | undefined {
    const found = [...this.#changes].map(([node, change]) => {
      const item = itemAt(this.#text, node);
      return item === undefined ? undefined : spliceOf(item, change);
    });
    return found.every((each) => each !== undefined) ? found : undefined;
  }
}

/** An item behind another one, which may have changes of its own inside. */
export function behind(text: string, node: Node, item: string): Splice | undefined {
  const place = itemAt(text, node);
  if (place === undefined) return undefined;
  const added = `\n${' '.repeat(place.indent)}${indented(item, place.indent)}`;
  return { start: place.end, end: place.end, text: added };
}

export const lastItem = (list: YAMLSeq | undefined): Node | undefined =>
  list?.items.at(-1) as Node | undefined;
