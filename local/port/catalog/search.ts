import type { Entity, JsonObject } from '../model.ts';
import { invalidRequest, notFound } from '../problem.ts';
import { newAjv } from '../schemas/ajv.ts';
import { lookupRuleSchema, ruleSchema } from '../schemas/search.ts';
import type { Store } from '../store.ts';

const ajv = newAjv({ convert: false });
const isRule = ajv.compile(ruleSchema);
const isLookupRule = ajv.compile(lookupRuleSchema);

/** A Port search query: rules, or queries in their turn, joined by `and` or `or`. */
export interface Query {
  readonly combinator: 'and' | 'or';
  readonly rules: readonly JsonObject[];
}

export function isQuery(value: unknown): value is Query {
  if (typeof value !== 'object' || value === null) return false;
  const { combinator, rules, ...others } = value as Partial<Query>;
  const isJoined = combinator === 'and' || combinator === 'or';
  return isJoined && Array.isArray(rules) && Object.keys(others).length === 0;
}

type Test = (entity: Entity) => boolean;

/** The query as a test of one entity; a rule that the local Port does not know is refused by name. */
export function compileQuery(store: Store, query: Query): Test {
  const tests = query.rules.map((rule) =>
    isQuery(rule) ? compileQuery(store, rule) : compileRule(store, rule),
  );
  return query.combinator === 'and'
    ? (entity) => tests.every((test) => test(entity))
    : (entity) => tests.some((test) => test(entity));
}

/** The one entity that a search query stands for in an identifier or a relation. */
export function findOne(store: Store, blueprint: string, query: Query): Entity {
  requireLookup(query);
  const test = compileQuery(store, query);
  for (const entity of store.entitiesOf(blueprint).values()) if (test(entity)) return entity;
  throw notFound('Entity', JSON.stringify(query));
}

function requireLookup(query: Query): void {
  for (const rule of query.rules)
    if (isQuery(rule)) requireLookup(rule);
    else if (!isLookupRule(rule))
      throw invalidRequest(`No rule of an entity lookup: ${JSON.stringify(rule)}`);
}

function compileRule(store: Store, rule: JsonObject): Test {
  if (!isRule(rule)) throw invalidRequest(`No rule of a search: ${JSON.stringify(rule)}`);
  const { operator, value } = rule;
  if (operator === 'relatedTo') return relatedTo(store, rule);
  const name = rule.property ?? rule.relation;
  if (typeof name !== 'string' || rule.targetProperty === '$title') throw unsupported(rule);
  const read = reader(name, 'relation' in rule);
  if (operator === 'between' || operator === 'notBetween') {
    const within = between(rule);
    return (entity) => within(read(entity)) === (operator === 'between');
  }
  const compare = OPERATORS[String(operator)];
  if (!compare || isObject(value)) throw unsupported(rule);
  return (entity) => compare(read(entity), value);
}

/** A range of dates, or a value that depends on who asks. */
const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const unsupported = (rule: JsonObject): Error =>
  invalidRequest(`The local Port does not know this search rule: ${JSON.stringify(rule)}`);

function reader(name: string, isRelation: boolean): (entity: Entity) => unknown {
  if (isRelation) return (entity) => entity.relations[name];
  if (!name.startsWith('$')) return (entity) => entity.properties[name] ?? entity.relations[name];
  const field = name.slice(1);
  return (entity) => (entity as unknown as JsonObject)[field];
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
const equal = (left: unknown, right: unknown): boolean =>
  left === right || (isEmpty(left) && isEmpty(right)) || (Array.isArray(left) && left.includes(right));
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
const contains = (left: unknown, right: unknown): boolean =>
  Array.isArray(left)
    ? list(right).every((value) => left.includes(value))
    : !isEmpty(left) && textOf(left).includes(textOf(right));
const overlaps = (left: unknown, right: unknown): boolean =>
  list(right).some((value) => list(left).includes(value));
const order = (left: unknown, right: unknown): number =>
  isEmpty(left)
    ? Number.NaN
    : typeof left === 'number' && typeof right === 'number'
      ? left - right
      : Date.parse(textOf(left)) - Date.parse(textOf(right));
const starts = (left: unknown, right: unknown): boolean => textOf(left).startsWith(textOf(right));
const ends = (left: unknown, right: unknown): boolean => textOf(left).endsWith(textOf(right));

const OPERATORS: Readonly<Record<string, (left: unknown, right: unknown) => boolean>> = {
  '=': equal,
  '!=': (left, right) => !equal(left, right),
  '>': (left, right) => order(left, right) > 0,
  '>=': (left, right) => order(left, right) >= 0,
  '<': (left, right) => order(left, right) < 0,
  '<=': (left, right) => order(left, right) <= 0,
  in: overlaps,
  notIn: (left, right) => !overlaps(left, right),
  containsAny: overlaps,
  contains,
  doesNotContains: (left, right) => !contains(left, right),
  beginsWith: starts,
  doesNotBeginsWith: (left, right) => !starts(left, right),
  endsWith: ends,
  doesNotEndsWith: (left, right) => !ends(left, right),
  isEmpty,
  isNotEmpty: (left) => !isEmpty(left),
};

function between(rule: JsonObject): (value: unknown) => boolean {
  const range = rule.value as { from?: unknown; to?: unknown } | undefined;
  const [from, to] = [range?.from, range?.to];
  if (typeof from !== 'string' || typeof to !== 'string') throw unsupported(rule);
  return (value) => order(value, from) >= 0 && order(value, to) <= 0;
}

/** Entities that are joined to the named ones by relations, in either direction and over any number of steps. */
function relatedTo(store: Store, rule: JsonObject): Test {
  const { blueprint, value } = rule;
  if (typeof blueprint !== 'string' || 'direction' in rule) throw unsupported(rule);
  const neighbours = relationGraph(store);
  const seen = new Set<string>();
  const start = list(value).map((identifier) => keyOf(blueprint, String(identifier)));
  for (const queue = [...start]; queue.length > 0;)
    for (const next of neighbours.get(queue.pop() ?? '') ?? [])
      if (!seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
  for (const key of start) seen.delete(key);
  return (entity) => seen.has(keyOf(entity.blueprint, entity.identifier));
}

const keyOf = (blueprint: string, identifier: string): string => `${blueprint}\n${identifier}`;

function relationGraph(store: Store): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  const link = (from: string, to: string): void => {
    const known = graph.get(from);
    if (known) known.push(to);
    else graph.set(from, [to]);
  };
  for (const { identifier, relations = {} } of store.blueprints.values())
    for (const entity of store.entitiesOf(identifier).values())
      for (const [name, { target }] of Object.entries(relations))
        for (const related of [entity.relations[name] ?? []].flat()) {
          link(keyOf(identifier, entity.identifier), keyOf(target, related));
          link(keyOf(target, related), keyOf(identifier, entity.identifier));
        }
  return graph;
}
