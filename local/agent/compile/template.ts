import { messageOf, refuse } from '../errors.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { type Parameters, isObject, itemsOf, toText } from '../expressions/values.ts';
import type { Entry, Node, Scalar } from '../yaml/tree.ts';
import { findParts, wholeExpression } from './template-text.ts';

/** Replaces every `${{ }}` of a pipeline: what the server does before a run is created. Throws `PipelineError`. */
export function expandTemplate(node: Node, parameters: Parameters): Node {
  switch (node.kind) {
    case 'scalar':
      return expandScalar(node, parameters);
    case 'sequence':
      return { ...node, items: node.items.map((item) => expandTemplate(item, parameters)) };
    case 'mapping':
      return { ...node, entries: node.entries.map((entry) => expandEntry(entry, parameters)) };
  }
}

/** No example needs a directive, nor a key that is computed. */
function expandEntry({ key, value }: Entry, parameters: Parameters): Entry {
  const directive = /^\$\{\{\s*(if|elseif|else|each|insert)\b/.exec(key.text)?.[1];
  if (key.text.includes('${{')) {
    refuse(key.at, `the local agent does not know '\${{ ${directive ?? ''} }}' in a key`);
  }
  return { key, value: expandTemplate(value, parameters) };
}

function compute<T>(source: string, at: string, parameters: Parameters, convert: (value: unknown) => T): T {
  try {
    return convert(evaluate(source, { names: { parameters } }));
  } catch (error) {
    return refuse(at, messageOf(error));
  }
}

function expandScalar(node: Scalar, parameters: Parameters): Node {
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
