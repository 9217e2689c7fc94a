import type { Route } from '../../tasks/common/port/client/routes.ts';

/** The routes that set Port up; those that tasks use stand beside the tasks. */
export const setupRoutes = {
  getBlueprint: { method: 'GET', path: '/v1/blueprints/{id}', repeat: 'safe', does: 'read the blueprint' },
  createBlueprint: {
    method: 'POST',
    path: '/v1/blueprints',
    repeat: 'unlessReceived',
    does: 'create the blueprint',
  },
  replaceBlueprint: {
    method: 'PUT',
    path: '/v1/blueprints/{id}',
    repeat: 'safe',
    does: 'change the blueprint',
  },
  getAction: { method: 'GET', path: '/v1/actions/{id}', repeat: 'safe', does: 'read the action' },
  createAction: { method: 'POST', path: '/v1/actions', repeat: 'unlessReceived', does: 'create the action' },
  replaceAction: { method: 'PUT', path: '/v1/actions/{id}', repeat: 'safe', does: 'change the action' },
  getWebhook: { method: 'GET', path: '/v1/webhooks/{id}', repeat: 'safe', does: 'read the webhook' },
  createWebhook: {
    method: 'POST',
    path: '/v1/webhooks',
    repeat: 'unlessReceived',
    does: 'create the webhook',
  },
  replaceWebhook: { method: 'PUT', path: '/v1/webhooks/{id}', repeat: 'safe', does: 'change the webhook' },
} as const satisfies Record<string, Route>;
