import type { InputReader } from '../../common/inputs/input-reader.ts';
import { readStructuredInput } from '../../common/inputs/structured-input.ts';
import { asQuery } from '../../common/port/entities/query.ts';
import { blueprintProblem } from '../../common/port/identifiers.ts';
import {
  type Structured,
  type StructuredMap,
  isStructuredList,
  isStructuredMap,
  mapValues,
} from '../../common/structured-text/parse.ts';
import { isUnresolved, oneLine } from '../../common/text/plain-text.ts';

/** An entry of input `forbidEntities`: a search that must find nothing. */
export interface Forbidden {
  readonly blueprint: string;
  /** Undefined: every entity of the blueprint. */
  readonly query: StructuredMap | undefined;
  /** What a hit means, in the user's words. */
  readonly message: string | undefined;
}

const keys = ['blueprint', 'query', 'message'];

/** @param identifier what `$identifier` stands for in the values of a query. */
export function readForbidden(reader: InputReader, name: string, identifier: string): readonly Forbidden[] {
  const value = readStructuredInput(reader, name);
  if (value === undefined) return [];
  if (!isStructuredList(value)) {
    reader.problem(`Input ${name} must be a list, each entry with blueprint, query and message.`);
    return [];
  }
  return value.flatMap((entry, index) => {
    const parsed = parseEntry(entry, identifier);
    if (typeof parsed !== 'string') return [parsed];
    reader.problem(`Input ${name}, entry ${index + 1}: ${parsed}.`);
    return [];
  });
}

/** What an entry means, or what is wrong with it. */
function parseEntry(entry: Structured, identifier: string): Forbidden | string {
  if (!isStructuredMap(entry)) return 'write it as { blueprint, query, message }';
  const unknown = Object.keys(entry).find((key) => !keys.includes(key));
  if (unknown !== undefined) return `"${oneLine(unknown, 60)}" is not known; there are ${keys.join(', ')}`;
  const { blueprint, query, message } = entry;
  if (typeof blueprint !== 'string') return 'blueprint must be the identifier of a blueprint';
  const fault = blueprintProblem(blueprint);
  if (fault !== undefined) return `blueprint ${fault}`;
  if (message !== undefined && typeof message !== 'string')
    return 'message must be text, in quotes where it is no plain YAML';
  const parsed = query === undefined ? undefined : asQuery(query);
  if (query !== undefined && parsed === undefined)
    return 'query must have combinator (and, or) and rules, or be a list of rules, each with property, operator and value';
  if (parsed !== undefined && holdsUnresolved(parsed))
    return 'query holds an expression that nothing replaced: is the variable defined, and spelled like this';
  return { blueprint, message, query: parsed === undefined ? undefined : withIdentifier(parsed, identifier) };
}

function holdsUnresolved(value: Structured): boolean {
  if (typeof value === 'string') return isUnresolved(value);
  if (isStructuredList(value)) return value.some(holdsUnresolved);
  return isStructuredMap(value) && Object.values(value).some(holdsUnresolved);
}

/**
 * Replaces `$identifier` in the values of the rules, after the text was parsed: no identifier changes the query. As a rule's
 * property `$identifier` is Port's own word, and stays.
 */
function withIdentifier(query: StructuredMap, identifier: string): StructuredMap {
  return mapValues(query, (item, key) => {
    if (key === 'value') return replaced(item, identifier);
    if (!isStructuredList(item)) return item;
    return item.map((rule) => (isStructuredMap(rule) ? withIdentifier(rule, identifier) : rule));
  });
}

function replaced(value: Structured, identifier: string): Structured {
  if (typeof value === 'string') return value.replace(/\$identifier\b/g, () => identifier);
  if (isStructuredList(value)) return value.map((item) => replaced(item, identifier));
  return isStructuredMap(value) ? mapValues(value, (item) => replaced(item, identifier)) : value;
}
