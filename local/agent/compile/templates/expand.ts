import { messageOf, refuse } from '../../errors.ts';
import { evaluate } from '../../expressions/evaluate.ts';
import { type Parameters, isObject, itemsOf, toBoolean, toText } from '../../expressions/values.ts';
import { type Entry, type Mapping, type Node, type Scalar, entryOf } from '../../yaml/tree.ts';
import { Chain, readDirective } from './directives.ts';
import { findParts, wholeExpression } from './expression-text.ts';

/** The lists whose items may stand in a template. */
const lists = ['stages', 'jobs', 'steps', 'variables'] as const;

export type ListName = (typeof lists)[number];

/** What expressions and references of one file see. */
export interface Scope {
  readonly parameters: Parameters;
  /** What `each` has at hand, by names in lower case. */
  readonly loops?: Readonly<Record<string, unknown>>;
  /** The items that a reference to a template stands for. */
  readonly include: (reference: Mapping, list: ListName, scope: Scope) => readonly Node[];
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
      return { ...node, items: expandItems(node.items, scope, key) };
    case 'mapping':
      return { ...node, entries: expandEntries(node.entries, scope) };
  }
}

/** A list that is computed becomes items of the list that it stands in. */
function expandItem(item: Node, scope: Scope, key: string | undefined): readonly Node[] {
  const list = lists.find((name) => name === key);
  if (list !== undefined && item.kind === 'mapping' && entryOf(item, 'template') !== undefined)
    return scope.include(item, list, scope);
  const node = expandTemplate(item, scope);
  return item.kind === 'scalar' && node.kind === 'sequence' ? node.items : [node];
}

/** A body of a directive in a list: its items, or the one that it is. */
function expandItems(items: readonly Node[], scope: Scope, key: string | undefined): readonly Node[] {
  const chain = new Chain();
  return items.flatMap((item) => {
    const [entry, ...more] = item.kind === 'mapping' ? item.entries : [];
    const bodies = entry === undefined || more.length > 0 ? undefined : bodiesOf(entry, scope, chain);
    if (bodies === undefined) return expandItem(item, scope, key);
    return bodies.flatMap((body) => {
      const node = expandTemplate(body.value, body.scope, key);
      return node.kind === 'sequence' ? node.items : [node];
    });
  });
}

/** A body of a directive in a mapping: its members, at the place of the directive. */
function expandEntries(entries: readonly Entry[], scope: Scope): readonly Entry[] {
  const chain = new Chain();
  const expanded = entries.flatMap((entry) => {
    const isInsert = readDirective(entry)?.kind === 'insert';
    if (isInsert) chain.end();
    const bodies = isInsert ? [{ value: entry.value, scope }] : bodiesOf(entry, scope, chain);
    if (bodies === undefined) return [expandEntry(entry, scope)];
    return bodies.flatMap((body) => {
      const node = expandTemplate(body.value, body.scope);
      return node.kind === 'mapping' ? node.entries : refuse(node.at, 'Expected a mapping');
    });
  });
  const seen = new Set<string>();
  for (const { key } of expanded) {
    if (seen.has(key.text.toLowerCase())) refuse(key.at, `'${key.text}' is already defined`);
    seen.add(key.text.toLowerCase());
  }
  return expanded;
}

function expandEntry({ key, value }: Entry, scope: Scope): Entry {
  const name = expandScalar(key, scope);
  if (name.kind !== 'scalar') return refuse(key.at, 'Expected a scalar value');
  return { key: name, value: expandTemplate(value, scope, name.text) };
}

/** What a directive leaves of its value, with what is known in it; undefined where there is none. */
function bodiesOf(
  { key, value }: Entry,
  scope: Scope,
  chain: Chain,
): { value: Node; scope: Scope }[] | undefined {
  const directive = readDirective({ key, value });
  if (directive === undefined || directive.kind === 'insert') return undefined;
  if (directive.kind !== 'each') {
    const holds = (condition: string) => compute(condition, key.at, scope, toBoolean);
    return chain.takes(directive, key.at, holds) ? [{ value, scope }] : [];
  }
  chain.end();
  const collection = compute(directive.collection, key.at, scope, (all) => all);
  const name = directive.name.toLowerCase();
  return membersOf(collection, key.at).map((one) => ({
    value,
    scope: { ...scope, loops: { ...scope.loops, [name]: one } },
  }));
}

/** Items of a list, or `key` and `value` of the members of an object. */
function membersOf(collection: unknown, at: string): readonly unknown[] {
  const items = itemsOf(collection);
  if (items !== undefined) return items;
  if (!isObject(collection))
    return refuse(at, "the local agent does not know 'each' of what is no list and no object");
  return Object.entries(collection).map(([key, value]) => ({ key, value }));
}

function compute<T>(
  source: string,
  at: string,
  { parameters, loops }: Scope,
  convert: (value: unknown) => T,
): T {
  try {
    return convert(evaluate(source, { names: { parameters, ...loops } }));
  } catch (error) {
    return refuse(at, messageOf(error));
  }
}

function expandScalar(node: Scalar, scope: Scope): Node {
  const whole = wholeExpression(node.text);
  if (whole !== undefined) return compute(whole, node.at, scope, (value) => nodeOf(value, node.at));
  const texts = findParts(node.text, node.at).map((part) =>
    typeof part === 'string' ? part : compute(part.expression, node.at, scope, toText),
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
