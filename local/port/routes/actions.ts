import type { FastifyInstance } from 'fastify';
import { executePermissions } from '../actions/startable.ts';
import type { Context } from '../context.ts';
import type { Action, ExecutePermissions } from '../model.ts';
import { notFound } from '../problem.ts';
import { actionBody, permissionsBody, secretBody } from '../schemas/action.ts';
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
  addSecretRoutes(app, context);
}

/** Nobody is told what a secret holds. */
function addSecretRoutes(app: FastifyInstance, { store: { secrets } }: Context): void {
  const path = '/v1/organization/secrets';
  const shown = (secretName: string) => ({ secretName });
  const found = (name: string): string => {
    if (!secrets.has(name)) throw notFound('Secret', name);
    return name;
  };
  interface OfSecret {
    readonly Params: { readonly name: string };
  }
  app.get(path, () => ({ ok: true, secrets: [...secrets.keys()].map(shown) }));
  app.post<{ Body: { secretName: string; secretValue: string } }>(
    path,
    { schema: { body: secretBody } },
    ({ body: { secretName, secretValue } }) => {
      secrets.set(secretName, secretValue);
      return { ok: true, secret: shown(secretName) };
    },
  );
  app.get<OfSecret>(`${path}/:name`, ({ params }) => ({ ok: true, secret: shown(found(params.name)) }));
  app.delete<OfSecret>(`${path}/:name`, ({ params }) => {
    secrets.delete(found(params.name));
    return { ok: true };
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
