import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.ts';
import type { Action } from '../model.ts';
import { Problem } from '../problem.ts';
import { actionBody } from '../schemas/action.ts';
import { callerOf } from './caller.ts';

interface Named {
  readonly Params: { readonly identifier: string };
}

export function addActionRoutes(app: FastifyInstance, context: Context): void {
  const { store } = context;
  const path = '/v1/actions/:identifier';

  const save = (action: Action, before: Action | undefined, by: string): Action => {
    const { blueprintIdentifier } = action.trigger;
    if (blueprintIdentifier !== undefined) store.blueprint(blueprintIdentifier);
    const at = context.now().toISOString();
    const { createdAt = at, createdBy = by } = before ?? {};
    const saved = { ...action, createdAt, createdBy, updatedAt: at, updatedBy: by };
    if (before) store.actions.delete(before.identifier);
    store.actions.set(saved.identifier, saved);
    return saved;
  };
  const requireFree = (identifier: string): void => {
    if (store.actions.has(identifier))
      throw new Problem(409, 'identifier_taken', `An action with identifier "${identifier}" already exists`);
  };

  app.post<{ Body: Action }>('/v1/actions', { schema: { body: actionBody } }, (request, reply) => {
    requireFree(request.body.identifier);
    reply.code(201);
    return { ok: true, action: save(request.body, undefined, callerOf(context, request).id) };
  });
  app.get('/v1/actions', () => ({ ok: true, actions: [...store.actions.values()] }));
  app.get<Named>(path, ({ params }) => ({ ok: true, action: store.action(params.identifier) }));
  app.put<Named & { Body: Action }>(path, { schema: { body: actionBody } }, (request) => {
    const before = store.action(request.params.identifier);
    if (request.body.identifier !== before.identifier) requireFree(request.body.identifier);
    return { ok: true, action: save(request.body, before, callerOf(context, request).id) };
  });
  app.delete<Named>(path, ({ params }) => {
    store.actions.delete(store.action(params.identifier).identifier);
    return { ok: true };
  });
}
