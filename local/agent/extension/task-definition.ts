import { isObject, itemsOf } from '../expressions/values.ts';

export interface TaskInput {
  readonly name: string;
  readonly type: string;
  readonly defaultValue: string;
  readonly isRequired: boolean;
  readonly visibleRule: string | undefined;
  readonly aliases: readonly string[];
}

/** `prejobexecution`, `execution` or `postjobexecution`: targets by handler name, such as `Node20_1`. */
export type Handlers = Readonly<
  Record<string, { readonly target: string; readonly workingDirectory: string }>
>;

/** What the agent reads of a task.json. */
export interface TaskDefinition {
  readonly id: string;
  readonly name: string;
  readonly friendlyName: string;
  readonly description: string;
  readonly author: string;
  readonly help: string;
  readonly version: string;
  readonly major: number;
  readonly instanceNameFormat: string;
  readonly inputs: readonly TaskInput[];
  readonly outputVariables: readonly string[];
  readonly preJob: Handlers | undefined;
  readonly execution: Handlers | undefined;
  readonly postJob: Handlers | undefined;
  /** Patterns of variables the task may set; nothing where any is allowed. */
  readonly settableVariables: readonly string[] | undefined;
}

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
const objects = (value: unknown) => (itemsOf(value) ?? []).filter(isObject);
const child = (value: unknown, key: string): Record<string, unknown> => {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? found : {};
};

/** Reads a parsed task.json. Throws for one that names no task, or has what the local agent does not know. */
export function readTaskDefinition(json: unknown): TaskDefinition {
  if (!isObject(json) || text(json.id) === '' || text(json.name) === '') {
    throw new Error('task.json has no id or no name');
  }
  const version = child(json, 'version');
  const restrictions = child(json, 'restrictions');
  if (text(child(restrictions, 'commands').mode).toLowerCase() === 'restricted') {
    throw new Error(`${text(json.name)}: the local agent does not know the restricted mode of a task`);
  }
  const allowed = itemsOf(child(restrictions, 'settableVariables').allowed);
  return {
    id: text(json.id).toLowerCase(),
    name: text(json.name),
    friendlyName: text(json.friendlyName),
    description: text(json.description),
    author: text(json.author),
    help: text(json.helpUrl ?? json.helpMarkDown),
    version: ['Major', 'Minor', 'Patch'].map((part) => text(version[part])).join('.'),
    major: Number(version.Major),
    instanceNameFormat: text(json.instanceNameFormat),
    inputs: objects(json.inputs).map(readInput),
    outputVariables: objects(json.outputVariables).map((variable) => text(variable.name)),
    preJob: readHandlers(json.prejobexecution),
    execution: readHandlers(json.execution),
    postJob: readHandlers(json.postjobexecution),
    settableVariables: allowed?.map(text),
  };
}

function readInput(input: Record<string, unknown>): TaskInput {
  return {
    name: text(input.name).trim(),
    type: text(input.type),
    defaultValue: text(input.defaultValue),
    isRequired: text(input.required).toLowerCase() === 'true',
    visibleRule: text(input.visibleRule) || undefined,
    aliases: (itemsOf(input.aliases) ?? []).map(text),
  };
}

function readHandlers(value: unknown): Handlers | undefined {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(
    Object.keys(value).map((name) => {
      const handler = child(value, name);
      return [name, { target: text(handler.target), workingDirectory: text(handler.workingDirectory) }];
    }),
  );
}

/** Whether an input is shown: rules such as `a = b && c != d`. Rules of other forms count as shown. */
export function isVisible(rule: string | undefined, values: Readonly<Record<string, string>>): boolean {
  if (rule === undefined) return true;
  if (rule.includes('||')) return rule.split('||').some((part) => isVisible(part, values));
  return rule.split('&&').every((part) => holds(part.trim(), values));
}

function holds(comparison: string, values: Readonly<Record<string, string>>): boolean {
  const match = /^(\w+)\s*(!?=)=?\s*(.*)$/.exec(comparison);
  if (match === null) return true;
  const isEqual = (values[match[1] ?? ''] ?? '').toLowerCase() === (match[3] ?? '').trim().toLowerCase();
  return match[2] === '=' ? isEqual : !isEqual;
}
