import { type LineCounter, type Node, type Scalar, type YAMLMap, isMap, isPair, isScalar, isSeq } from 'yaml';

/** Ways to look into YAML whose form nobody has checked. */

export const textOf = (node: unknown): string => (isScalar(node) ? plain(node.value) : '');

function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** The value of a key, in any case; the inputs of tasks know none. */
export function valueOf(map: YAMLMap, key: string): unknown {
  return map.items.find((pair) => textOf(pair.key).toLowerCase() === key.toLowerCase())?.value;
}

export const textAt = (map: YAMLMap, key: string): string => textOf(valueOf(map, key));

export function scalarAt(map: YAMLMap, key: string): Scalar | undefined {
  const value = valueOf(map, key);
  return isScalar(value) && value.value !== null ? value : undefined;
}

/** The map behind a key. */
export function mapAt(map: YAMLMap, key: string): YAMLMap | undefined {
  const value = valueOf(map, key);
  return isMap(value) ? value : undefined;
}

/** `env` and the like: names with their values as they are written. */
export function textsOf(node: unknown): Record<string, string> {
  if (!isMap(node)) return {};
  return Object.fromEntries(node.items.map(({ key, value }) => [textOf(key), textOf(value)]));
}

/** `variables:` in both of its forms. */
export function variablesOf(node: unknown): [name: string, value: string][] {
  if (isMap(node)) return Object.entries(textsOf(node));
  if (!isSeq(node)) return [];
  return node.items
    .filter(isMap)
    .map((item): [string, string] => [textAt(item, 'name'), textAt(item, 'value')])
    .filter(([name]) => name !== '');
}

/** The maps above a node, the outermost first. */
export const mapsIn = (path: readonly unknown[]): readonly YAMLMap[] => path.filter((each) => isMap(each));

export const isItem = (path: readonly unknown[]): boolean => !isPair(path.at(-1));

/** The line of a scalar's first line of text, from 1. */
export function firstLineOf(node: Node, lines: LineCounter): number {
  const { line } = lines.linePos(node.range?.[0] ?? 0);
  const isBlock = isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED');
  return isBlock ? line + 1 : line;
}
