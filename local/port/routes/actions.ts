import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.ts';
import type { Action } from '../model.ts';
import { actionBody } from '../schemas/action.ts';
import { addDefinitionRoutes } from './definitions.ts';

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
}
