import type { FastifyInstance } from 'fastify';
import { executePermissions } from '../actions/startable.ts';
import type { Context } from '../context.ts';
import type { Action, ExecutePermissions } from '../model.ts';
import { notFound } from '../problem.ts';
import { actionBody, permissionsBody } from '../schemas/action.ts';
import { addDefinitionRoutes } from './definitions.ts';

/** Actions, who may execute them, and the names of the secrets that they use. */
export function addActionRoutes(app: FastifyInstance, context: Context): void {
  const { store } = context;
  addDefinitionRoutes<Action>(app, context, {
    path: '/v1/actions',
    name: 'action',
    body: actionBody,
    items: () => store.actions,
    find: (identifier) => store.action(identifier),
    complete(action) {
      const { blueprintIdentifier } = action.trigger;
      if (blueprintIdentifier !== undefined) store.blueprint(blueprintIdentifier);
      return action;
    },
  });
  addPermissionRoutes(app, context);
  app.get<{ Params: { name: string } }>('/v1/organization/secrets/:name', ({ params: { name } }) => {
    if (!store.secrets.has(name)) throw notFound('Secret', name);
    return { ok: true, secret: { secretName: name } };
  });
}

interface OfAction {
  readonly Params: { readonly action: string };
}

function addPermissionRoutes(app: FastifyInstance, { store }: Context): void {
  const path = '/v1/actions/:action/permissions';
  const answer = (action: string) => ({
    ok: true,
    permissions: { execute: { ...executePermissions(store, action), policy: null } },
  });
  app.get<OfAction>(path, ({ params }) => answer(store.action(params.action).identifier));
  app.patch<OfAction & { Body: { execute?: Partial<ExecutePermissions> } }>(
    path,
    { schema: { body: permissionsBody } },
    ({ params, body }) => {
      const { identifier } = store.action(params.action);
      store.permissions.set(identifier, { ...executePermissions(store, identifier), ...body.execute });
      return answer(identifier);
    },
  );
}
