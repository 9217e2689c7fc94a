import type { Context } from '../context.ts';
import type { Blueprint, JsonObject, Relation, RelationValue } from '../model.ts';
import { Problem, notFound } from '../problem.ts';
import { findOne, isQuery } from './search.ts';

/** Creates a related entity that does not exist. Where the caller did not ask for that, there is none. */
export type CreateRelated = (blueprint: Blueprint, identifier: string) => void;

/**
 * The relations of a body as identifiers. Search queries are carried out, and related entities must exist, or are
 * made where the caller asked for it.
 */
export function resolveRelations(
  context: Context,
  blueprint: Blueprint,
  relations: JsonObject,
  createRelated: CreateRelated | undefined,
): Record<string, RelationValue> {
  const resolved: Record<string, RelationValue> = {};
  for (const [name, value] of Object.entries(relations)) {
    const relation = blueprint.relations?.[name];
    if (!relation) throw notFound('Relation', name);
    const identifiers = resolveOne(context, name, relation, value);
    for (const identifier of [identifiers].flat())
      if (identifier !== null)
        requireRelated(context, { target: relation.target, identifier }, createRelated);
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

function requireRelated(
  { store }: Context,
  { target, identifier }: { target: string; identifier: string },
  createRelated: CreateRelated | undefined,
): void {
  if (store.entity(target, identifier)) return;
  if (createRelated === undefined)
    throw new Problem(
      404,
      'not_found',
      `Related entity with identifier "${identifier}" of blueprint "${target}" was not found`,
    );
  const blueprint = store.blueprints.get(target);
  if (!blueprint) throw notFound('Blueprint', target);
  createRelated(blueprint, identifier);
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
