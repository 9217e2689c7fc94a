import type { InputReader } from '../../common/inputs/input-reader.ts';
import {
  type Structured,
  isStructuredList,
  isStructuredMap,
  parseStructuredText,
} from '../../common/structured-text/parse.ts';
import { readLines } from './requirements.ts';

export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | 'contains' | 'in' | 'exists' | 'missing';

/** A line of input `conditions`: what must hold. */
export interface Condition {
  /** As it was written, without its reason. */
  readonly text: string;
  readonly path: readonly string[];
  readonly operator: Operator;
  /** null with `exists` and `missing`. */
  readonly value: Structured;
  /** Where the entity says why the condition does not hold. */
  readonly reasonPath: readonly string[] | undefined;
}

/** What an entity of Port has; anything else at the beginning of a path would be missing in every entity. */
const roots: readonly string[] = [
  ...['properties', 'relations', 'identifier', 'title', 'icon', 'team', 'blueprint'],
  ...['createdAt', 'createdBy', 'updatedAt', 'updatedBy'],
];

const pathPattern = /^[^\s.()=<>!|]+(\.[^\s.()=<>!|]+)*$/;
const form =
  'Write it as path, operator (= != > >= < <= contains in exists missing) and value: properties.locked_in_prod != true';

/** Reads lines such as `properties.locked_in_prod != true | reason: properties.locked_reason_prod`. */
export function readConditions(reader: InputReader, name: string): readonly Condition[] {
  return readLines(reader, name, parseCondition);
}

function parseCondition(line: string): Condition | string {
  const { text, reason } = withoutReason(line);
  const match =
    /^([^\s=<>!]+)\s*(!=|>=|<=|=|>|<)\s*([^\s=].*)$/.exec(text) ??
    /^(\S+)\s+(contains|in)\s+(\S.*)$/.exec(text) ??
    /^(\S+)\s+(exists|missing)$/.exec(text);
  const [, path, operator, written] = match ?? [];
  if (path === undefined || operator === undefined) return form;
  const fault = pathFault(path) ?? (reason === undefined ? undefined : pathFault(reason));
  if (fault !== undefined) return fault;
  const value = written === undefined ? null : valueOf(written, operator as Operator);
  if (value === undefined) return valueForm(operator as Operator);
  return {
    text,
    path: path.split('.'),
    operator: operator as Operator,
    value,
    reasonPath: reason?.split('.'),
  };
}

function withoutReason(line: string): { text: string; reason: string | undefined } {
  const [, text, reason] = /^(.*\S)\s*\|\s*reason:\s*(\S+)$/.exec(line) ?? [];
  return { text: text ?? line, reason };
}

function pathFault(path: string): string | undefined {
  if (!pathPattern.test(path)) return form;
  const [root = ''] = path.split('.');
  if (roots.includes(root)) return undefined;
  return `A path begins with ${roots.slice(0, -1).join(', ')} or ${roots.at(-1)}. Did you mean properties.${path}?`;
}

/** undefined where the operator cannot take what was written. */
function valueOf(written: string, operator: Operator): Structured | undefined {
  const { value, documents, problems } = parseStructuredText(written);
  if (problems.length > 0 || documents > 1 || isStructuredMap(value)) return undefined;
  return isStructuredList(value) === (operator === 'in') ? value : undefined;
}

function valueForm(operator: Operator): string {
  return operator === 'in'
    ? 'Behind in stands a list of values: properties.tier in [gold, silver]'
    : `Behind ${operator} stands one value, in quotes where it is no plain YAML`;
}
