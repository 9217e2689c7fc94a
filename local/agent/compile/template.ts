import { messageOf, refuse } from '../errors.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { isObject, itemsOf, toBoolean, toText } from '../expressions/values.ts';
import { type Entry, type Mapping, type Node, type Scalar, type Sequence, entryOf } from '../yaml/tree.ts';
import { findParts, wholeExpression } from './template-text.ts';

/** Names that `${{ }}` knows (lower case), `variables` and `parameters` among them. */
export type TemplateNames = Readonly<Record<string, unknown>>;

/** Replaces every `${{ }}` of a pipeline: what the server does before a run is created. Throws `PipelineError`. */
export function expandTemplate(node: Node, names: TemplateNames): Node {
  if (node.kind === 'scalar') return expandScalar(node, names);
  if (node.kind === 'sequence') return expandSequence(node, names);
  return expandMapping(node, names);
}

function compute(source: string, at: string, names: TemplateNames): unknown {
  try {
    return evaluate(source, { names });
  } catch (error) {
    return refuse(at, `\${{ ${source.trim()} }}: ${messageOf(error)}`);
  }
}

function expandScalar(node: Scalar, names: TemplateNames): Node {
  const whole = wholeExpression(node.text);
  if (whole !== undefined) return nodeOf(compute(whole, node.at, names), node.at);
  const parts = findParts(node.text, node.at);
  const texts = parts.map((part) => {
    if (typeof part === 'string') return part;
    const value = compute(part.expression, node.at, names);
    try {
      return toText(value);
    } catch (error) {
      return refuse(node.at, `\${{ ${part.expression.trim()} }}: ${messageOf(error)}`);
    }
  });
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

const directive = /^\$\{\{\s*(if|elseif|else|each|insert)\b(.*)\}\}$/s;

interface Directive {
  readonly word: string;
  readonly rest: string;
  readonly at: string;
}

function directiveOf(key: Scalar): Directive | undefined {
  const match = directive.exec(key.text.trim());
  return match === null ? undefined : { word: match[1] ?? '', rest: (match[2] ?? '').trim(), at: key.at };
}

/** Remembers whether a branch of the current `if` chain was taken. */
class Branches {
  #state: 'none' | 'open' | 'taken' = 'none';

  end(): void {
    this.#state = 'none';
  }

  /** The scopes in which the directive's body stands: none, one, or one for each member. */
  bodies(found: Directive, names: TemplateNames): readonly TemplateNames[] {
    if (found.word === 'each') return eachScope(found, names);
    if (found.word === 'insert') return [names];
    if (found.word !== 'if' && this.#state === 'none') {
      return refuse(found.at, `'\${{ ${found.word} }}' has no '\${{ if }}' before it`);
    }
    const mayRun = found.word === 'if' || this.#state === 'open';
    const isTaken = mayRun && (found.word === 'else' || toBoolean(compute(found.rest, found.at, names)));
    if (found.word === 'if') this.#state = 'open';
    if (isTaken) this.#state = 'taken';
    return isTaken ? [names] : [];
  }
}

function eachScope(found: Directive, names: TemplateNames): readonly TemplateNames[] {
  const match = /^(\w+)\s+in\s+(.*)$/s.exec(found.rest);
  if (match === null) return refuse(found.at, "expected '${{ each name in collection }}'");
  const collection = compute(match[2] ?? '', found.at, names);
  const items = isObject(collection)
    ? Object.entries(collection).map(([key, value]) => ({ key, value }))
    : (itemsOf(collection) ?? []);
  return items.map((item) => ({ ...names, [(match[1] ?? '').toLowerCase()]: item }));
}

function expandSequence(node: Sequence, names: TemplateNames): Sequence {
  const branches = new Branches();
  const items = node.items.flatMap((item) => {
    const spliced = item.kind === 'mapping' ? spliceOf(item) : undefined;
    if (spliced !== undefined) return spliced.flatMap((one) => expandSplice(one, branches, names));
    branches.end();
    const whole = item.kind === 'scalar' && wholeExpression(item.text) !== undefined;
    const expanded = expandTemplate(item, names);
    // A list inserted into a list becomes part of it.
    return whole && expanded.kind === 'sequence' ? expanded.items : [expanded];
  });
  return { ...node, items };
}

interface Splice {
  readonly found: Directive;
  readonly body: Sequence;
}

/** A list item that only holds directives over lists. */
function spliceOf(item: Mapping): Splice[] | undefined {
  const splices = item.entries.map(({ key, value }) => ({ found: directiveOf(key), body: value }));
  const all = splices.filter(
    (splice): splice is Splice => splice.found !== undefined && splice.body.kind === 'sequence',
  );
  return all.length > 0 && all.length === item.entries.length ? all : undefined;
}

function expandSplice({ found, body }: Splice, branches: Branches, names: TemplateNames): readonly Node[] {
  return branches.bodies(found, names).flatMap((scope) => expandSequence(body, scope).items);
}

function expandMapping(node: Mapping, names: TemplateNames): Mapping {
  const own = entryOf(node, 'variables');
  const variables = own && expandVariables(own, names);
  const inner = variables === undefined ? names : withVariables(names, variables);
  const branches = new Branches();
  const entries = node.entries.flatMap((entry) =>
    entry.value === own && variables !== undefined
      ? [{ ...entry, value: variables }]
      : expandEntry(entry, branches, inner),
  );
  return { ...node, entries };
}

function expandEntry(entry: Entry, branches: Branches, names: TemplateNames): readonly Entry[] {
  const found = directiveOf(entry.key);
  if (found === undefined) {
    branches.end();
    const key = expandScalar(entry.key, names);
    if (key.kind !== 'scalar') return refuse(key.at, 'a key must be text');
    return [{ key, value: expandTemplate(entry.value, names) }];
  }
  return branches.bodies(found, names).flatMap((scope) => {
    const body = expandTemplate(entry.value, scope);
    if (body.kind !== 'mapping') return refuse(entry.key.at, `'${entry.key.text}' must hold a mapping here`);
    return body.entries;
  });
}

/** `variables:` is expanded in order: each definition sees those before it. */
function expandVariables(node: Node, names: TemplateNames): Node {
  if (node.kind === 'scalar') return expandScalar(node, names);
  const branches = new Branches();
  let scope = names;
  if (node.kind === 'mapping') {
    const entries = node.entries.flatMap((entry) => {
      const expanded = expandEntry(entry, branches, scope);
      scope = withVariables(scope, { ...node, entries: expanded });
      return expanded;
    });
    return { ...node, entries };
  }
  const items = node.items.flatMap((item) => {
    const spliced = item.kind === 'mapping' ? spliceOf(item) : undefined;
    if (spliced === undefined) branches.end();
    const expanded = spliced?.flatMap((one) => expandSplice(one, branches, scope)) ?? [
      expandTemplate(item, scope),
    ];
    scope = withVariables(scope, { ...node, items: expanded });
    return expanded;
  });
  return { ...node, items };
}

function withVariables(names: TemplateNames, definitions: Node): TemplateNames {
  const variables = isObject(names.variables) ? { ...names.variables } : {};
  const set = (name: string, value: Node | undefined) => {
    const old = Object.keys(variables).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
    if (value?.kind === 'scalar') variables[old] = value.text;
  };
  if (definitions.kind === 'mapping') definitions.entries.forEach(({ key, value }) => set(key.text, value));
  if (definitions.kind === 'sequence') {
    definitions.items.forEach((item) => {
      const name = entryOf(item, 'name');
      if (name?.kind === 'scalar') set(name.text, entryOf(item, 'value'));
    });
  }
  return { ...names, variables };
}
