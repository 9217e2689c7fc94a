import type { FastifyInstance } from 'fastify';
import { additionalDataOf } from '../accounts.ts';
import { requireOpenRun } from '../actions/runs.ts';
import { type EntityBody, deleteEntity, writeEntity } from '../catalog/entities.ts';
import { type Selection, projectEntity, wholeEntity } from '../catalog/projection.ts';
import type { Context } from '../context.ts';
import { invalidRequest, notFound } from '../problem.ts';
import * as schemas from '../schemas/entity.ts';
import { callerOf } from './caller.ts';

export interface OfBlueprint {
  readonly Params: { readonly blueprint: string };
}

export interface WriteQuery {
  readonly upsert?: boolean;
  readonly merge?: boolean;
  readonly validation_only?: boolean;
  readonly create_missing_related_entities?: boolean;
  readonly run_id?: string;
}

interface OfEntity {
  readonly Params: { readonly blueprint: string; readonly entity: string };
}

/** What the switches of a create call mean together: `merge` says nothing without `upsert`. */
export function writeOptions(query: WriteQuery) {
  return {
    mode: query.upsert ? (query.merge ? 'merge' : 'replace') : 'create',
    validateOnly: query.validation_only ?? false,
    createMissing: query.create_missing_related_entities ?? false,
    runId: query.run_id,
  } as const;
}

const collection = '/v1/blueprints/:blueprint/entities';
const one = `${collection}/:entity`;

export function addEntityRoutes(app: FastifyInstance, context: Context): void {
  const { store } = context;
  addCreateRoute(app, context);
  addChangeRoutes(app, context);

  app.get<OfEntity & { Querystring: Selection }>(
    one,
    { schema: { querystring: schemas.readQuery } },
    ({ params, query }) => {
      const { identifier } = store.blueprint(params.blueprint);
      const entity = store.entity(identifier, params.entity);
      if (!entity) throw notFound('Entity', params.entity);
      return { ok: true, entity: projectEntity(context, entity, query) };
    },
  );
}

function addCreateRoute(app: FastifyInstance, context: Context): void {
  app.post<OfBlueprint & { Body: EntityBody; Querystring: WriteQuery }>(
    collection,
    { schema: { body: schemas.createBody, querystring: schemas.writeQuery } },
    (request, reply) => {
      const blueprint = context.store.blueprint(request.params.blueprint);
      requireOpenRun(context, request.query.run_id);
      const options = { ...writeOptions(request.query), author: callerOf(context, request) };
      const { entity, created } = writeEntity(context, blueprint, request.body, options);
      reply.code(201);
      const additional = additionalDataOf(context.store, entity, created);
      return { ok: true, entity: wholeEntity(context, entity), ...additional };
    },
  );
}

function addChangeRoutes(app: FastifyInstance, context: Context): void {
  const { store } = context;
  for (const method of ['PATCH', 'PUT'] as const)
    app.route<OfEntity & { Body: EntityBody; Querystring: WriteQuery }>({
      method,
      url: one,
      schema: {
        body: method === 'PATCH' ? schemas.patchBody : schemas.replaceBody,
        querystring: schemas.writeQuery,
      },
      handler: (request) => {
        const { params, body, query } = request;
        const blueprint = store.blueprint(params.blueprint);
        if (!store.entity(params.blueprint, params.entity)) throw notFound('Entity', params.entity);
        if ((body.identifier ?? params.entity) !== params.entity)
          throw invalidRequest('The local Port does not rename entities');
        requireOpenRun(context, query.run_id);
        const mode = method === 'PATCH' ? 'merge' : 'replace';
        const options = { ...writeOptions(query), mode, author: callerOf(context, request) } as const;
        const change = { ...body, identifier: params.entity };
        return {
          ok: true,
          entity: wholeEntity(context, writeEntity(context, blueprint, change, options).entity),
        };
      },
    });
  app.delete<OfEntity & { Querystring: { delete_dependents?: boolean; run_id?: string } }>(
    one,
    { schema: { querystring: schemas.deleteQuery } },
    (request) => {
      const { params, query } = request;
      store.blueprint(params.blueprint);
      requireOpenRun(context, query.run_id);
      deleteEntity(context, params.blueprint, params.entity, {
        deleteDependents: query.delete_dependents ?? false,
        runId: query.run_id,
        author: callerOf(context, request),
      });
      return { ok: true };
    },
  );
}
