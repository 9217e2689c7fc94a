import { refuse } from '../errors.ts';
import { isObject } from '../expressions/values.ts';
import { Fields } from './fields.ts';
import { type Node, entryOf, plainValue } from './tree.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * The values of `parameters:`, as `${{ parameters }}` sees them. Throws `PipelineError` for a value that is
 * missing, unknown, of the wrong type or not among `values`.
 */
export function readParameters(root: Node, given: Values): Record<string, unknown> {
  const declared = entryOf(root, 'parameters');
  if (declared !== undefined && declared.kind !== 'sequence') {
    refuse(declared.at, "the local agent does not know 'parameters' that are no list");
  }
  const result = new Map<string, unknown>();
  const names = new Set<string>();
  for (const node of declared?.kind === 'sequence' ? declared.items : []) {
    refuseExpressions(node);
    const [name, value] = readParameter(node, given);
    if (names.has(name.toLowerCase())) {
      refuse(node.at, `The '${name}' parameter is declared more than once in the parameter list.`);
    }
    names.add(name.toLowerCase());
    result.set(name, value);
  }
  const unexpected = Object.keys(given).find((name) => !result.has(name));
  if (unexpected !== undefined) refuse(root.at, `Unexpected parameter '${unexpected}'`);
  return Object.fromEntries(result);
}

function refuseExpressions(node: Node): void {
  if (node.kind === 'sequence') node.items.forEach(refuseExpressions);
  else if (node.kind === 'mapping') node.entries.forEach(({ value }) => refuseExpressions(value));
  else if (node.text.includes('${{')) {
    refuse(node.at, 'A template expression is not allowed in this context');
  }
}

function readParameter(node: Node, given: Values): readonly [string, unknown] {
  const fields = new Fields(node, 'a parameter');
  const name = fields.text('name') ?? refuse(node.at, "a parameter needs 'name'");
  const type = fields.text('type') ?? 'string';
  const byDefault = fields.take('default');
  const allowed = fields.names('values') ?? [];
  fields.ignore('displayName');
  fields.end();
  if (!Object.hasOwn(given, name) && byDefault === undefined) {
    return refuse(node.at, `A value for the '${name}' parameter must be provided.`);
  }
  const raw = Object.hasOwn(given, name) ? given[name] : valueOf(type, byDefault);
  if (allowed.length > 0 && !allowed.includes(String(raw))) {
    refuse(node.at, `The '${name}' parameter value '${String(raw)}' is not a valid value.`);
  }
  if (!['string', 'number', 'boolean', 'object'].includes(type)) {
    refuse(node.at, `the local agent does not know the type '${type}' of a parameter`);
  }
  return [name, typed(type, raw) ?? refuse(node.at, `The '${name}' parameter is not a valid ${type}.`)];
}

const valueOf = (type: string, node: Node | undefined): unknown =>
  node === undefined ? '' : node.kind === 'scalar' && type !== 'object' ? node.text : plainValue(node);

function typed(type: string, raw: unknown): unknown {
  switch (type) {
    case 'string':
      return isObject(raw) || Array.isArray(raw) ? undefined : String(raw);
    case 'number':
      return String(raw).trim() === '' || Number.isNaN(Number(raw)) ? undefined : Number(raw);
    case 'boolean':
      return booleans[String(raw).toLowerCase()];
    default:
      return typeof raw === 'string' ? fromJson(raw) : raw;
  }
}

const booleans: Readonly<Record<string, boolean>> = { true: true, false: false };

/** The runs API gives an object as JSON text. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
