import { messageOf, refuse } from '../../errors.ts';
import { evaluate } from '../../expressions/evaluate.ts';
import { type Parameters, isObject, itemsOf, toText } from '../../expressions/values.ts';
import { type Entry, type Mapping, type Node, type Scalar, entryOf } from '../../yaml/tree.ts';
import { findParts, wholeExpression } from './expression-text.ts';

/** The lists whose items may stand in a template. */
const lists = ['stages', 'jobs', 'steps', 'variables'] as const;

export type ListName = (typeof lists)[number];

/** What expressions and references of one file see. */
export interface Scope {
  readonly parameters: Parameters;
  /** The items that a reference to a template stands for. */
  readonly include: (reference: Mapping, list: ListName) => readonly Node[];
}

/**
 * Replaces every `${{ }}` and every reference to a template in a node: what the server does before a run is created.
 * `key` is what the node stands under. Throws `PipelineError`.
 */
export function expandTemplate(node: Node, scope: Scope, key?: string): Node {
  switch (node.kind) {
    case 'scalar':
      return expandScalar(node, scope);
    case 'sequence':
      return { ...node, items: node.items.flatMap((item) => expandItem(item, scope, key)) };
    case 'mapping':
      return { ...node, entries: node.entries.map((entry) => expandEntry(entry, scope)) };
  }
}

/** A list that is computed becomes items of the list that it stands in. */
function expandItem(item: Node, scope: Scope, key: string | undefined): readonly Node[] {
  const list = lists.find((name) => name === key);
  if (list !== undefined && item.kind === 'mapping' && entryOf(item, 'template') !== undefined)
    return scope.include(item, list);
  const node = expandTemplate(item, scope);
  return item.kind === 'scalar' && node.kind === 'sequence' ? node.items : [node];
}

/** No example needs a directive, nor a key that is computed. */
function expandEntry({ key, value }: Entry, scope: Scope): Entry {
  const directive = /^\$\{\{\s*(if|elseif|else|each|insert)\b/.exec(key.text)?.[1];
  if (key.text.includes('${{')) {
    refuse(key.at, `the local agent does not know '\${{ ${directive ?? ''} }}' in a key`);
  }
  return { key, value: expandTemplate(value, scope, key.text) };
}

function compute<T>(source: string, at: string, parameters: Parameters, convert: (value: unknown) => T): T {
  try {
    return convert(evaluate(source, { names: { parameters } }));
  } catch (error) {
    return refuse(at, messageOf(error));
  }
}

function expandScalar(node: Scalar, { parameters }: Scope): Node {
  const whole = wholeExpression(node.text);
  if (whole !== undefined) return compute(whole, node.at, parameters, (value) => nodeOf(value, node.at));
  const texts = findParts(node.text, node.at).map((part) =>
    typeof part === 'string' ? part : compute(part.expression, node.at, parameters, toText),
  );
  return { ...node, text: texts.join('') };
}

/** A computed value as YAML: objects become mappings, so that a wrong place refuses them. */
function nodeOf(value: unknown, at: string): Node {
  const items = itemsOf(value);
  if (items !== undefined) return { kind: 'sequence', at, items: items.map((item) => nodeOf(item, at)) };
  if (!isObject(value)) return { kind: 'scalar', at, text: toText(value) };
  const entries = Object.entries(value).map(([key, member]) => ({
    key: { kind: 'scalar', at, text: key } as const,
    value: nodeOf(member, at),
  }));
  return { kind: 'mapping', at, entries };
}
