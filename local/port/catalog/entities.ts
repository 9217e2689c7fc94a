import type { Context } from '../context.ts';
import { entityEvent } from '../events.ts';
import { newId } from '../ids.ts';
import type { Author, Blueprint, Entity, JsonObject, RelationValue, WriteOptions } from '../model.ts';
import { Problem, invalidRequest, notFound } from '../problem.ts';
import { ENTITY_IDENTIFIER } from '../schemas/common.ts';
import { type CreateRelated, relationProblem, resolveRelations } from './relations.ts';
import { withScorecards } from './scorecards.ts';
import { findOne, isQuery } from './search.ts';
import { checkProperties } from './validation.ts';

const IDENTIFIER = new RegExp(ENTITY_IDENTIFIER, 'u');

export interface EntityBody {
  readonly identifier?: unknown;
  readonly title?: string | null;
  readonly icon?: string | null;
  readonly team?: string | string[] | null;
  readonly properties?: JsonObject;
  readonly relations?: JsonObject;
}

/** Creates or updates an entity, or throws what the API answers. */
export function writeEntity(
  context: Context,
  blueprint: Blueprint,
  body: EntityBody,
  options: WriteOptions,
): { entity: Entity; created: boolean } {
  const { store } = context;
  const identifier = identifierOf(context, blueprint, body.identifier);
  const before = store.entity(blueprint.identifier, identifier);
  if (before && options.mode === 'create')
    throw new Problem(409, 'identifier_taken', `An entity with identifier "${identifier}" already exists`);
  const base = options.mode === 'merge' ? before : undefined;
  const properties = withoutNulls({ ...base?.properties, ...body.properties });
  checkProperties(blueprint, properties);
  const resolved = resolveRelations(
    context,
    blueprint,
    body.relations ?? {},
    relatedCreator(context, options),
  );
  const relations = { ...emptyRelations(blueprint), ...base?.relations, ...resolved };
  const missing = relationProblem(blueprint, relations);
  if (missing) throw missing;
  const entity = {
    identifier,
    blueprint: blueprint.identifier,
    ...textFields(base, body),
    properties,
    relations,
    ...audit(context, before, options.author),
  };
  if (!options.validateOnly) commit(context, before, entity, options.runId);
  return { entity, created: before === undefined };
}

function relatedCreator(context: Context, options: WriteOptions): CreateRelated | undefined {
  if (!options.createMissing) return undefined;
  return (blueprint, identifier) => {
    if (options.validateOnly) return;
    // It holds an identifier and nothing else, whatever its blueprint requires.
    const lenient = { ...blueprint, schema: { properties: {} }, relations: {} };
    writeEntity(context, lenient, { identifier }, { mode: 'create', author: options.author });
  };
}

function identifierOf(context: Context, blueprint: Blueprint, identifier: unknown): string {
  if (identifier === undefined) return newId();
  if (isQuery(identifier)) return findOne(context.store, blueprint.identifier, identifier).identifier;
  if (typeof identifier === 'string' && IDENTIFIER.test(identifier)) return identifier;
  throw invalidRequest(`identifier must match pattern "${ENTITY_IDENTIFIER}"`);
}

const withoutNulls = (values: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));

function emptyRelations(blueprint: Blueprint): Record<string, RelationValue> {
  const relations = Object.entries(blueprint.relations ?? {});
  return Object.fromEntries(relations.map(([name, { many }]) => [name, many ? [] : null]));
}

type TextFields = Pick<Entity, 'title' | 'icon' | 'team'>;

function textFields(base: Entity | undefined, body: EntityBody): TextFields {
  const field = (name: keyof TextFields): TextFields => {
    const value = body[name] === undefined ? base?.[name] : body[name];
    return value === null || value === undefined ? {} : { [name]: value };
  };
  return { ...field('title'), ...field('icon'), ...field('team') };
}

function audit({ now }: Context, before: Entity | undefined, author: Author) {
  const at = now().toISOString();
  return {
    createdAt: before?.createdAt ?? at,
    createdBy: before?.createdBy ?? author.id,
    updatedAt: at,
    updatedBy: author.id,
    $datasource: author.datasource,
  };
}

function commit(context: Context, before: Entity | undefined, entity: Entity, runId?: string): void {
  const { blueprint, identifier } = entity;
  context.store.entitiesOf(blueprint).set(identifier, entity);
  if (runId) context.store.tie(runId, { blueprint, identifier, operation: before ? 'UPDATE' : 'CREATE' });
  context.emit(
    entityEvent({
      before: before ? withScorecards(context.store, before) : null,
      after: withScorecards(context.store, entity),
      at: context.now(),
      by: entity.updatedBy,
    }),
  );
}

export interface DeleteOptions {
  readonly deleteDependents: boolean;
  readonly runId?: string | undefined;
  readonly author: Author;
}

/** Deletes an entity; what relates to it stops it (403 `has_dependents`) or goes with it. */
export function deleteEntity(
  context: Context,
  blueprint: string,
  identifier: string,
  options: DeleteOptions,
): void {
  const { store } = context;
  const before = store.entity(blueprint, identifier);
  if (!before) throw notFound('Entity', identifier);
  const dependents = dependentsOf(context, before);
  if (dependents.length > 0 && !options.deleteDependents)
    throw new Problem(403, 'has_dependents', `Entity "${identifier}" has dependents that require it`);
  store.entitiesOf(blueprint).delete(identifier);
  for (const dependent of dependents)
    if (store.entity(dependent.blueprint, dependent.identifier))
      deleteEntity(context, dependent.blueprint, dependent.identifier, options);
  if (options.runId) store.tie(options.runId, { blueprint, identifier, operation: 'DELETE' });
  context.emit(entityEvent({ before, after: null, at: context.now(), by: options.author.id }));
}

/** The entities that have this one in a relation. */
export function dependentsOf({ store }: Context, { blueprint, identifier }: Entity): Entity[] {
  const dependents: Entity[] = [];
  for (const candidate of store.blueprints.values()) {
    const names = Object.entries(candidate.relations ?? {})
      .filter(([, relation]) => relation.target === blueprint)
      .map(([name]) => name);
    if (names.length === 0) continue;
    for (const entity of store.entitiesOf(candidate.identifier).values())
      if (names.some((name) => [entity.relations[name]].flat().includes(identifier))) dependents.push(entity);
  }
  return dependents;
}
