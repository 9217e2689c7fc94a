import type { InputReader } from '../../common/inputs/input-reader.ts';
import { readMapInput } from '../../common/inputs/structured-input.ts';
import { type Blueprint, fitProperties } from '../../common/port/blueprints.ts';
import { PlainScalar, type Structured } from '../../common/structured-text/parse.ts';
import { oneLine } from '../../common/text/plain-text.ts';

/** What the task knows of a deployment; the first four are those of Port's DORA guide. */
export const propertyKeys = [
  ...(['createdAt', 'environment', 'deploymentStatus', 'leadTimeHours'] as const),
  ...(['jobUrl', 'deployingUser', 'commitSha', 'imageTag', 'commitCount', 'isRollback'] as const),
] as const;

export const relationKeys = ['service', 'pullRequest', 'workItem'] as const;

export type PropertyKey = (typeof propertyKeys)[number];
export type RelationKey = (typeof relationKeys)[number];

/** What a blueprint calls them; undefined for what is not to be written. */
export type Names<Key extends string> = Readonly<Record<Key, string | undefined>>;

/** Reads an input such as `leadTimeHours: lead_time`. What it does not name keeps its name; nothing or null leaves it out. */
export function readNames<Key extends string>(
  reader: InputReader,
  input: string,
  keys: readonly Key[],
): Names<Key> {
  const given = readMapInput(reader, input) ?? {};
  for (const key of Object.keys(given))
    if (!keys.some((known) => known === key))
      reader.problem(`Input ${input} has "${oneLine(key, 60)}". Rename any of: ${keys.join(', ')}.`);
  const taken = new Set<string>();
  const nameOf = (key: Key): string | undefined => {
    const name = Object.hasOwn(given, key) ? nameIn(given[key]) : key;
    if (name === undefined) reader.problem(`Input ${input}: the name for ${key} must be text.`);
    if (!name) return undefined;
    if (taken.has(name)) reader.problem(`Input ${input} gives the name "${oneLine(name, 60)}" twice.`);
    taken.add(name);
    return name;
  };
  return Object.fromEntries(keys.map((key) => [key, nameOf(key)])) as Names<Key>;
}

/** Empty: not to be written. Undefined: it is no text. */
function nameIn(value: Structured | undefined): string | undefined {
  if (value === null || value === undefined) return '';
  if (value instanceof PlainScalar) return value.value === null ? '' : value.text;
  return typeof value === 'string' ? value.trim() : undefined;
}

export type Values = Readonly<Partial<Record<PropertyKey, string | number | boolean>>>;

/** What a blueprint takes of the values, under its own names, and the names that it lacks. */
export function fitNamed(values: Values, names: Names<PropertyKey>, schemas: Blueprint['properties']) {
  const entries = propertyKeys.flatMap((key) => {
    const name = names[key];
    const value = values[key];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return fitProperties(entries, schemas);
}
