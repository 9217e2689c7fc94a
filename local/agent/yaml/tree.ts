import {
  LineCounter,
  type ParsedNode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  stringify,
} from 'yaml';
import { PipelineError, refuse } from '../errors.ts';

/** A scalar as written: Azure Pipelines reads every YAML scalar as text. `at` is `file:line`. */
export interface Scalar {
  readonly kind: 'scalar';
  readonly at: string;
  readonly text: string;
  /** Written in quotes or as a block. */
  readonly isQuoted?: boolean;
}
export interface Sequence {
  readonly kind: 'sequence';
  readonly at: string;
  readonly items: readonly Node[];
}
export interface Entry {
  readonly key: Scalar;
  readonly value: Node;
}
export interface Mapping {
  readonly kind: 'mapping';
  readonly at: string;
  readonly entries: readonly Entry[];
}
export type Node = Scalar | Sequence | Mapping;

/** Parses a YAML file into nodes that know their line, under the name that messages call it by. Throws `PipelineError`. */
export function parseYaml(text: string, fileName: string): Node {
  const lines = new LineCounter();
  const options = { schema: 'failsafe', uniqueKeys: false, lineCounter: lines, prettyErrors: false } as const;
  const document = parseDocument(text, options);
  const place = (offset: number) => `${fileName}:${lines.linePos(offset).line || 1}`;
  const problem = document.errors[0];
  if (problem !== undefined) refuse(place(problem.pos[0]), `the YAML cannot be read: ${problem.message}`);
  if (document.contents === null) throw new PipelineError(`${fileName}:1: the pipeline is empty`);
  return convert(document.contents, place);
}

function convert(node: ParsedNode | null, place: (offset: number) => string): Node {
  if (node === null) return { kind: 'scalar', at: place(0), text: '' };
  const at = place(node.range[0]);
  const anchor = isAlias(node) ? node.source : node.anchor;
  if (anchor) return refuse(at, `Anchors are not currently supported. Remove the anchor '${anchor}'`);
  if (isScalar(node)) {
    return { kind: 'scalar', at, text: scalarText(node.value), isQuoted: node.type !== 'PLAIN' };
  }
  if (isSeq(node)) return { kind: 'sequence', at, items: node.items.map((item) => convert(item, place)) };
  if (!isMap(node)) return refuse(at, 'the local agent does not know this kind of YAML node');
  const entries = node.items.map((pair) => {
    const key = convert(pair.key, place);
    if (key.kind !== 'scalar') return refuse(key.at, 'a key must be text');
    return { key, value: pair.value === null ? { ...key, text: '' } : convert(pair.value, place) };
  });
  refuseTwice(entries.map(({ key }) => key));
  return { kind: 'mapping', at, entries };
}

/** Keys that differ only in case are the same. A template expression may stand there twice. */
function refuseTwice(keys: readonly Scalar[]): void {
  const seen = new Set<string>();
  for (const { text, at } of keys.filter((key) => !key.text.startsWith('${{'))) {
    if (seen.has(text.toLowerCase())) refuse(at, `'${text}' is already defined`);
    seen.add(text.toLowerCase());
  }
}

const scalarText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The value under `key`, or nothing. */
export const entryOf = (node: Node, key: string): Node | undefined =>
  node.kind === 'mapping' ? node.entries.find((entry) => entry.key.text === key)?.value : undefined;

/** The value of an `object` parameter: numbers and booleans that are written without quotes keep their type. */
export function plainValue(node: Node): unknown {
  if (node.kind === 'sequence') return node.items.map(plainValue);
  if (node.kind === 'mapping') {
    return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, plainValue(value)]));
  }
  if (node.isQuoted) return node.text;
  if (/^(true|false)$/i.test(node.text)) return node.text.toLowerCase() === 'true';
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(node.text) ? Number(node.text) : node.text;
}

/** The nodes as YAML text. */
export const writeYaml = (node: Node): string => stringify(textValue(node), { lineWidth: 0 });

/** A node as a value in which every scalar is text. */
export function textValue(node: Node): unknown {
  if (node.kind === 'scalar') return node.text;
  if (node.kind === 'sequence') return node.items.map(textValue);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, textValue(value)]));
}
