import { refuse } from '../errors.ts';
import { isObject } from '../expressions/values.ts';
import { Fields } from './fields.ts';
import { type Node, entryOf, plainValue, textValue } from './tree.ts';

/** What is given for each name, as a parameter of a type takes it. */
export type Given = ReadonlyMap<string, (type: string) => unknown>;

/**
 * The values of `parameters:`, as `${{ parameters }}` sees them. Throws `PipelineError` for a value that is
 * missing, unknown, of the wrong type or not among `values`; `at` is where the values were given.
 */
export function readParameters(root: Node, given: Given, at: string): Record<string, unknown> {
  const declared = entryOf(root, 'parameters');
  if (declared !== undefined && declared.kind !== 'sequence') {
    refuse(declared.at, "the local agent does not know 'parameters' that are no list");
  }
  const folded: Given = new Map([...given].map(([name, value]) => [name.toLowerCase(), value]));
  const result = new Map<string, unknown>();
  const names = new Set<string>();
  for (const node of declared?.kind === 'sequence' ? declared.items : []) {
    refuseExpressions(node);
    const [name, value] = readParameter(node, folded, at);
    if (names.has(name.toLowerCase())) {
      refuse(node.at, `The '${name}' parameter is declared more than once in the parameter list.`);
    }
    names.add(name.toLowerCase());
    result.set(name, value);
  }
  const unexpected = [...given.keys()].find((name) => !names.has(name.toLowerCase()));
  if (unexpected !== undefined) refuse(at, `Unexpected parameter '${unexpected}'`);
  return Object.fromEntries(result);
}

/** Throws `PipelineError` for an expression where the service takes none. */
export function refuseExpressions(node: Node): void {
  if (node.kind === 'sequence') node.items.forEach(refuseExpressions);
  else if (node.kind === 'mapping')
    node.entries.flatMap(({ key, value }) => [key, value]).forEach(refuseExpressions);
  else if (node.text.includes('${{')) {
    refuse(node.at, 'A template expression is not allowed in this context');
  }
}

function readParameter(node: Node, given: Given, at: string): readonly [string, unknown] {
  const fields = new Fields(node, 'a parameter');
  const name = fields.text('name') ?? refuse(node.at, "a parameter needs 'name'");
  const type = fields.text('type') ?? 'string';
  const byDefault = fields.take('default');
  const allowed = fields.names('values') ?? [];
  fields.ignore('displayName');
  fields.end();
  if (!types.includes(type))
    refuse(node.at, `the local agent does not know the type '${type}' of a parameter`);
  const own = given.get(name.toLowerCase());
  if (own === undefined && byDefault === undefined) {
    return refuse(at, `A value for the '${name}' parameter must be provided.`);
  }
  const raw = own === undefined ? valueOf(type, byDefault) : own(type);
  const place = own === undefined ? node.at : at;
  const value = typed(type, raw) ?? refuse(place, invalid(name, type, raw));
  if (allowed.length > 0 && !allowed.some((one) => typed(type, one) === value)) {
    refuse(place, `The '${name}' parameter value '${String(raw)}' is not a valid value.`);
  }
  return [name, value];
}

const scalarTypes = ['string', 'number', 'boolean'];
const listTypes = ['stepList', 'jobList', 'deploymentList', 'stageList'];
const mappingTypes = ['step', 'job', 'deployment', 'stage'];
const types = [...scalarTypes, 'object', ...listTypes, ...mappingTypes];

/** The list in which a type's value would stand in a pipeline; references to templates are such of that list. */
export function listOfType(type: string): string | undefined {
  const [, word] = /^(step|job|deployment|stage)List$/.exec(type) ?? [];
  return word === undefined ? undefined : word === 'deployment' ? 'jobs' : `${word}s`;
}

const isScalar = (value: unknown) => !isObject(value) && !Array.isArray(value);

const invalid = (name: string, type: string, raw: unknown): string => {
  const value = scalarTypes.includes(type) && isScalar(raw) ? ` value '${String(raw)}'` : '';
  return `The '${name}' parameter${value} is not a valid ${type.charAt(0).toUpperCase()}${type.slice(1)}.`;
};

/** What YAML gives to a parameter. In steps, jobs and stages every scalar is text. */
export function valueOf(type: string, node: Node | undefined): unknown {
  if (node === undefined) return '';
  if (type === 'object') return plainValue(node);
  return textValue(node);
}

function typed(type: string, raw: unknown): unknown {
  if (listTypes.includes(type)) return Array.isArray(raw) ? raw : undefined;
  if (mappingTypes.includes(type)) return isObject(raw) ? raw : undefined;
  if (type === 'object') return raw;
  if (!isScalar(raw)) return undefined;
  const text = String(raw);
  if (type === 'string') return text;
  if (type === 'boolean') return booleans[text.toLowerCase()];
  return text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
}

const booleans: Readonly<Record<string, boolean>> = { true: true, false: false };
