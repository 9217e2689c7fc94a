import { refuse } from '../errors.ts';
import { isObject } from '../expressions/values.ts';
import { Fields } from './fields.ts';
import { type Node, entryOf, plainValue } from './tree.ts';

/**
 * The values of `parameters:`, as `${{ parameters }}` sees them. Throws `PipelineError` for a value that is
 * missing, unknown, of the wrong type or not among `values`.
 */
export function readParameters(
  root: Node,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const declared = entryOf(root, 'parameters');
  const result: Record<string, unknown> = {};
  if (declared !== undefined && declared.kind !== 'sequence') {
    refuse(declared.at, "the local agent does not know 'parameters' that are no list");
  }
  for (const node of declared?.kind === 'sequence' ? declared.items : []) {
    const [name, value] = readParameter(node, given);
    result[name] = value;
  }
  const unexpected = Object.keys(given).find((name) => !Object.hasOwn(result, name));
  if (unexpected !== undefined) refuse(root.at, `Unexpected parameter '${unexpected}'`);
  return result;
}

function readParameter(node: Node, given: Readonly<Record<string, unknown>>): readonly [string, unknown] {
  const fields = new Fields(node, 'a parameter');
  const name = fields.text('name') ?? refuse(node.at, "a parameter needs 'name'");
  const type = fields.text('type') ?? 'string';
  const byDefault = fields.take('default');
  const allowed = fields.list('values').map(plainValue);
  fields.ignore('displayName');
  fields.end();
  if (!Object.hasOwn(given, name) && byDefault === undefined) {
    return refuse(node.at, `A value for the '${name}' parameter must be provided.`);
  }
  const raw = Object.hasOwn(given, name) ? given[name] : byDefault === undefined ? '' : plainValue(byDefault);
  if (allowed.length > 0 && !allowed.includes(String(raw))) {
    refuse(node.at, `The '${name}' parameter value '${String(raw)}' is not a valid value.`);
  }
  return [name, typed(type, raw) ?? refuse(node.at, `The '${name}' parameter is not a valid ${type}.`)];
}

function typed(type: string, raw: unknown): unknown {
  switch (type) {
    case 'string':
      return isObject(raw) || Array.isArray(raw) ? undefined : String(raw);
    case 'number':
      return String(raw).trim() === '' || Number.isNaN(Number(raw)) ? undefined : Number(raw);
    case 'boolean':
      return booleans[String(raw).toLowerCase()];
    case 'object':
    case 'stringList':
    case 'step':
    case 'stepList':
    case 'job':
    case 'jobList':
    case 'stage':
    case 'stageList':
      return raw;
    default:
      return undefined;
  }
}

const booleans: Readonly<Record<string, boolean>> = { true: true, false: false };
