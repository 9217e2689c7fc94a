import type { Context } from './context.ts';
import { type WriteOptions, writeEntity } from './entities.ts';
import type { Blueprint, JsonObject, Relation, RelationValue } from './model.ts';
import { notFound, Problem } from './problem.ts';
import { findOne, isQuery } from './search.ts';

/**
 * The relations of a body as identifiers. Search queries are carried out, and related entities must exist, or are
 * made where the caller asked for it.
 */
export function resolveRelations(
  context: Context,
  blueprint: Blueprint,
  relations: JsonObject,
  options: WriteOptions,
): Record<string, RelationValue> {
  const resolved: Record<string, RelationValue> = {};
  for (const [name, value] of Object.entries(relations)) {
    const relation = blueprint.relations?.[name];
    if (!relation)
      throw new Problem(
        422,
        'blueprint_schema_mismatch',
        `Blueprint "${blueprint.identifier}" has no relation "${name}"`,
      );
    const identifiers = resolveOne(context, name, relation, value);
    for (const identifier of [identifiers].flat())
      if (identifier !== null) requireRelated(context, relation.target, identifier, options);
    resolved[name] = identifiers;
  }
  return resolved;
}

function resolveOne(context: Context, name: string, relation: Relation, value: unknown): RelationValue {
  if (value === null) return relation.many ? [] : null;
  if (isQuery(value)) {
    const { identifier } = findOne(context.store, relation.target, value);
    return relation.many ? [identifier] : identifier;
  }
  if (Array.isArray(value) !== relation.many)
    throw new Problem(
      422,
      'relation_many_violation',
      `Relation "${name}" takes ${relation.many ? 'a list of identifiers' : 'one identifier'}`,
    );
  return value as string | string[];
}

function requireRelated(context: Context, target: string, identifier: string, options: WriteOptions): void {
  const { store } = context;
  if (store.entity(target, identifier)) return;
  if (!options.createMissing)
    throw new Problem(
      404,
      'not_found',
      `Related entity with identifier "${identifier}" of blueprint "${target}" was not found`,
    );
  const blueprint = store.blueprints.get(target);
  if (!blueprint) throw notFound('Blueprint', target);
  if (!options.validateOnly) createBare(context, blueprint, identifier, options);
}

/** A related entity that is made on the way holds an identifier and nothing else, whatever its blueprint requires. */
function createBare(context: Context, blueprint: Blueprint, identifier: string, options: WriteOptions): void {
  const lenient = { ...blueprint, schema: { properties: {} }, relations: {} };
  writeEntity(context, lenient, { identifier }, { mode: 'create', author: options.author });
}

/** What is wrong with the relations of the entity as a whole. */
export function relationProblem(
  blueprint: Blueprint,
  relations: Readonly<Record<string, RelationValue>>,
): Problem | undefined {
  const missing = Object.entries(blueprint.relations ?? {}).find(
    ([name, relation]) => relation.required && [relations[name] ?? []].flat().length === 0,
  );
  if (!missing) return undefined;
  return new Problem(422, 'required_relation', `Relation "${missing[0]}" is required`);
}
