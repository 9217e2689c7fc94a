import type { FastifyInstance } from 'fastify';
import { checkDefinition } from '../catalog/validation.ts';
import type { Context } from '../context.ts';
import type { Blueprint } from '../model.ts';
import { Problem, notFound } from '../problem.ts';
import { blueprintBody, blueprintPatch } from '../schemas/blueprint.ts';
import { callerOf } from './caller.ts';

interface Named {
  readonly Params: { readonly identifier: string };
}

export function addBlueprintRoutes(app: FastifyInstance, context: Context): void {
  const { store } = context;
  const path = '/v1/blueprints/:identifier';

  const save = (blueprint: Blueprint, before: Blueprint | undefined, by: string): Blueprint => {
    checkDefinition(blueprint);
    checkTargets(context, blueprint);
    const at = context.now().toISOString();
    const { createdAt = at, createdBy = by } = before ?? {};
    const saved = { ...blueprint, createdAt, createdBy, updatedAt: at, updatedBy: by };
    store.blueprints.set(saved.identifier, saved);
    return saved;
  };

  app.post<{ Body: Blueprint }>('/v1/blueprints', { schema: { body: blueprintBody } }, (request, reply) => {
    const { identifier } = request.body;
    if (store.blueprints.has(identifier))
      throw new Problem(
        409,
        'identifier_taken',
        `A blueprint with identifier "${identifier}" already exists`,
      );
    reply.code(201);
    return { ok: true, blueprint: save(request.body, undefined, callerOf(context, request).id) };
  });
  app.get('/v1/blueprints', () => ({ ok: true, blueprints: [...store.blueprints.values()] }));
  app.get<Named>(path, ({ params }) => ({ ok: true, blueprint: store.blueprint(params.identifier) }));
  app.put<Named & { Body: Blueprint }>(path, { schema: { body: blueprintBody } }, (request) => {
    const before = unrenamed(store.blueprint(request.params.identifier), request.body);
    return { ok: true, blueprint: save(request.body, before, callerOf(context, request).id) };
  });
  app.patch<Named & { Body: Partial<Blueprint> }>(path, { schema: { body: blueprintPatch } }, (request) => {
    const before = unrenamed(store.blueprint(request.params.identifier), request.body);
    return {
      ok: true,
      blueprint: save({ ...before, ...request.body }, before, callerOf(context, request).id),
    };
  });
  app.delete<Named>(path, ({ params: { identifier } }) => {
    store.blueprint(identifier);
    if (store.entitiesOf(identifier).size > 0)
      throw new Problem(403, 'has_dependents', `Blueprint "${identifier}" has entities`);
    store.blueprints.delete(identifier);
    return { ok: true };
  });
}

function unrenamed(before: Blueprint, { identifier = before.identifier }: Partial<Blueprint>): Blueprint {
  if (identifier === before.identifier) return before;
  throw new Problem(422, 'invalid_request', 'The local Port does not rename blueprints');
}

function checkTargets({ store }: Context, { identifier, relations = {} }: Blueprint): void {
  for (const { target } of Object.values(relations))
    if (target !== identifier && !store.blueprints.has(target)) throw notFound('Blueprint', target);
}
