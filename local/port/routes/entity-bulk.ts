import type { FastifyInstance } from 'fastify';
import { additionalDataOf } from '../accounts.ts';
import { requireOpenRun } from '../actions/runs.ts';
import { type EntityBody, deleteEntity, dependentsOf, writeEntity } from '../catalog/entities.ts';
import type { Context } from '../context.ts';
import type { Blueprint, JsonObject, WriteOptions } from '../model.ts';
import { Problem, notFound } from '../problem.ts';
import * as schemas from '../schemas/entity.ts';
import { callerOf } from './caller.ts';
import { type OfBlueprint, type WriteQuery, writeOptions } from './entities.ts';

export function addBulkRoutes(app: FastifyInstance, context: Context): void {
  const { store, quirks } = context;

  app.post<OfBlueprint & { Body: { entities: EntityBody[] }; Querystring: WriteQuery }>(
    '/v1/blueprints/:blueprint/entities/bulk',
    { schema: { body: schemas.bulkBody, querystring: schemas.writeQuery } },
    (request, reply) => {
      const blueprint = store.blueprint(request.params.blueprint);
      requireOpenRun(context, request.query.run_id);
      const options = { ...writeOptions(request.query), author: callerOf(context, request) };
      const results = request.body.entities.map((body, index) =>
        writeOne(context, blueprint, { body, index }, options),
      );
      const errors = results.filter((result) => 'error' in result);
      reply.code(errors.length > 0 ? quirks.bulkErrorStatus : 200);
      return { ok: errors.length === 0, entities: results.filter((result) => 'created' in result), errors };
    },
  );

  app.post<OfBlueprint & { Body: { entities: string[] }; Querystring: DeleteQuery }>(
    '/v1/blueprints/:blueprint/bulk/entities/delete',
    { schema: { body: schemas.bulkDeleteBody, querystring: schemas.deleteQuery } },
    (request) => {
      const { identifier } = store.blueprint(request.params.blueprint);
      const { delete_dependents: deleteDependents = false, run_id: runId } = request.query;
      requireOpenRun(context, runId);
      requireDeletable(context, identifier, request.body.entities, deleteDependents);
      const options = { deleteDependents, runId, author: callerOf(context, request) };
      for (const entity of request.body.entities)
        if (store.entity(identifier, entity)) deleteEntity(context, identifier, entity, options);
      return { ok: true, deletedEntities: request.body.entities };
    },
  );
}

/** How many entities a blueprint has, and the end of all of them. */
export function addWholeBlueprintRoutes(app: FastifyInstance, context: Context): void {
  const { store } = context;
  app.get<OfBlueprint>('/v1/blueprints/:blueprint/entities-count', ({ params }) => ({
    ok: true,
    count: store.entitiesOf(store.blueprint(params.blueprint).identifier).size,
  }));
  type Whole = OfBlueprint & { Querystring: { delete_blueprint?: boolean } };
  app.delete<Whole>(
    '/v1/blueprints/:blueprint/all-entities',
    { schema: { querystring: schemas.wholeQuery } },
    (request) => {
      const { identifier } = store.blueprint(request.params.blueprint);
      const all = [...store.entitiesOf(identifier).keys()];
      requireDeletable(context, identifier, all, false);
      const options = { deleteDependents: false, author: callerOf(context, request) };
      for (const entity of all) deleteEntity(context, identifier, entity, options);
      if (request.query.delete_blueprint === true) {
        store.blueprints.delete(identifier);
        store.scorecards.delete(identifier);
      }
      return { ok: true };
    },
  );
}

interface DeleteQuery {
  readonly delete_dependents?: boolean;
  readonly run_id?: string;
}

function writeOne(
  context: Context,
  blueprint: Blueprint,
  { body, index }: { body: EntityBody; index: number },
  options: WriteOptions,
): JsonObject {
  const identifier = typeof body.identifier === 'string' ? body.identifier : 'unknown';
  try {
    const { entity, created } = writeEntity(context, blueprint, body, options);
    const isQuery = typeof body.identifier === 'object';
    const additional = additionalDataOf(context.store, entity, created);
    return { index, identifier: isQuery ? 'unknown' : entity.identifier, created, ...additional };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { index, identifier, statusCode: error.status, error: error.code, message: error.message };
  }
}

/** A bulk delete is all or nothing: what would stop it is looked for first. */
function requireDeletable(
  context: Context,
  blueprint: string,
  identifiers: readonly string[],
  deleteDependents: boolean,
): void {
  for (const identifier of identifiers) {
    const entity = context.store.entity(blueprint, identifier);
    if (!entity) throw notFound('Entity', identifier);
    const others = dependentsOf(context, entity).filter(
      (dependent) => dependent.blueprint !== blueprint || !identifiers.includes(dependent.identifier),
    );
    if (others.length > 0 && !deleteDependents)
      throw new Problem(403, 'has_dependents', `Entity "${identifier}" has dependents`);
  }
}
