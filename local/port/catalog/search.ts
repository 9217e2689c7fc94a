import type { Entity, JsonObject } from '../model.ts';
import { invalidRequest, notFound } from '../problem.ts';
import { newAjv } from '../schemas/ajv.ts';
import { lookupRuleSchema, pagedRuleSchema, ruleSchema } from '../schemas/search.ts';
import type { Store } from '../store.ts';

const ajv = newAjv({ convert: false });
const isRule = ajv.compile(ruleSchema);
/** A rule of the search of one blueprint, which knows more of them. */
export const isPagedRule = ajv.compile(pagedRuleSchema);
const isLookupRule = ajv.compile(lookupRuleSchema);

/** A Port search query: rules, or queries in their turn, joined by `and` or `or`. */
export interface Query {
  readonly combinator: 'and' | 'or';
  readonly rules: readonly JsonObject[];
}

/** Whether an entity is what a query looks for. */
export type EntityTest = (entity: Entity) => boolean;

export function isQuery(value: unknown): value is Query {
  if (typeof value !== 'object' || value === null) return false;
  const { combinator, rules, ...others } = value as Partial<Query>;
  const isJoined = combinator === 'and' || combinator === 'or';
  return isJoined && Array.isArray(rules) && Object.keys(others).length === 0;
}

/** The query as a test of one entity; 422 `invalid_request` names a rule that the local Port does not know. */
export function compileQuery({ combinator, rules }: Query, isKnown = isRule): EntityTest {
  const tests = rules.map((rule) =>
    isQuery(rule) ? compileQuery(rule, isKnown) : compileRule(rule, isKnown),
  );
  return combinator === 'and'
    ? (entity) => tests.every((test) => test(entity))
    : (entity) => tests.some((test) => test(entity));
}

/** The one entity that a search query stands for in an identifier or a relation. */
export function findOne(store: Store, blueprint: string, query: Query): Entity {
  requireLookup(query);
  const test = compileQuery(query);
  for (const entity of store.entitiesOf(blueprint).values()) if (test(entity)) return entity;
  throw notFound('Entity', JSON.stringify(query));
}

function requireLookup(query: Query): void {
  for (const rule of query.rules)
    if (isQuery(rule)) requireLookup(rule);
    else if (!isLookupRule(rule))
      throw invalidRequest(`No rule of an entity lookup: ${JSON.stringify(rule)}`);
}

function compileRule(rule: JsonObject, isKnown: typeof isRule): EntityTest {
  const compare = operators[String(rule.operator)];
  if (!compare || !isKnown(rule))
    throw invalidRequest(`The local Port knows no such search rule: ${JSON.stringify(rule)}`);
  const read = reader(rule);
  return (entity) => compare(read(entity), rule.value);
}

function reader({ property, relation, scorecard, scorecardRule }: JsonObject): (entity: Entity) => unknown {
  if (typeof relation === 'string') return (entity) => entity.relations[relation];
  if (typeof scorecard === 'string')
    return ({ scorecards }) => {
      const result = scorecards?.[scorecard];
      if (scorecardRule === undefined) return result?.level;
      return result?.rules.find(({ identifier }) => identifier === scorecardRule)?.status;
    };
  const name = String(property);
  if (!name.startsWith('$')) return (entity) => entity.properties[name] ?? entity.relations[name];
  return (entity) => (entity as unknown as JsonObject)[name.slice(1)];
}

type Compare = (left: unknown, right: unknown) => boolean;

const operators: Readonly<Record<string, Compare>> = {
  '=': isEqual,
  '!=': not(isEqual),
  '>': (left, right) => order(left, right) > 0,
  '>=': (left, right) => order(left, right) >= 0,
  '<': (left, right) => order(left, right) < 0,
  '<=': (left, right) => order(left, right) <= 0,
  in: overlaps,
  notIn: not(overlaps),
  containsAny: overlaps,
  contains,
  doesNotContains: not(contains),
  beginsWith: startsWith,
  doesNotBeginsWith: not(startsWith),
  endsWith,
  doesNotEndsWith: not(endsWith),
  isEmpty,
  isNotEmpty: not(isEmpty),
};

function not(compare: Compare): Compare {
  return (left, right) => !compare(left, right);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length);
}

function isEqual(left: unknown, right: unknown): boolean {
  return left === right || (isEmpty(left) && isEmpty(right)) || (Array.isArray(left) && left.includes(right));
}

function overlaps(left: unknown, right: unknown): boolean {
  return listOf(right).some((value) => listOf(left).includes(value));
}

function contains(left: unknown, right: unknown): boolean {
  if (Array.isArray(left)) return listOf(right).every((value) => left.includes(value));
  return !isEmpty(left) && textOf(left).includes(textOf(right));
}

function startsWith(left: unknown, right: unknown): boolean {
  return textOf(left).startsWith(textOf(right));
}

function endsWith(left: unknown, right: unknown): boolean {
  return textOf(left).endsWith(textOf(right));
}

/** Numbers by size, anything else as dates; NaN where there is no value. */
function order(left: unknown, right: unknown): number {
  if (isEmpty(left)) return Number.NaN;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return Date.parse(textOf(left)) - Date.parse(textOf(right));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
