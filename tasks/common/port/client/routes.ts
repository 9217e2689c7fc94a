import { InputError } from '../../errors.ts';
import type { Repeat } from '../../network/retry.ts';
import type { HttpRequest } from '../../network/transport.ts';

/** One route of Port's API. `{name}` in the path is a parameter, encoded as one segment. */
export interface Route {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly repeat: Repeat;
  /** What a message calls it: "Cannot {does}: PATCH … -> 422". */
  readonly does: string;
  /** So long, in ms, an answer is still waited for where the step is stopped meanwhile: it alone tells what came of the call. */
  readonly answerTime?: number;
}

/** For the answer to a start: no other one tells for certain which run it has made. */
const startAnswerTime = 3000;

/** Every route of Port's API that the tasks and the command line use. */
export const routes = {
  createToken: { method: 'POST', path: '/v1/auth/access_token', repeat: 'safe', does: 'sign in to Port' },
  rotateCredentials: {
    method: 'POST',
    path: '/v1/rotate-credentials/{user}',
    repeat: 'unlessReceived',
    does: 'make new credentials for the account',
  },
  getRun: { method: 'GET', path: '/v1/actions/runs/{runId}', repeat: 'safe', does: 'read the run' },
  findRuns: { method: 'GET', path: '/v1/actions/runs', repeat: 'safe', does: 'look for the run' },
  updateRun: { method: 'PATCH', path: '/v1/actions/runs/{runId}', repeat: 'safe', does: 'update the run' },
  addRunLog: {
    method: 'POST',
    path: '/v1/actions/runs/{runId}/logs',
    repeat: 'unlessReceived',
    does: 'send log lines',
  },
  getRunLogs: {
    method: 'GET',
    path: '/v1/actions/runs/{runId}/logs',
    repeat: 'safe',
    does: "read the run's log",
  },
  upsertEntity: {
    method: 'POST',
    path: '/v1/blueprints/{blueprint}/entities',
    repeat: 'safe',
    does: 'write the entity',
  },
  createEntity: {
    method: 'POST',
    path: '/v1/blueprints/{blueprint}/entities',
    repeat: 'unlessReceived',
    does: 'create the entity',
  },
  upsertEntities: {
    method: 'POST',
    path: '/v1/blueprints/{blueprint}/entities/bulk',
    // As often as needed; but whoever calls wants to know whether an answer was lost.
    repeat: 'unlessReceived',
    does: 'write the entities',
  },
  searchEntities: {
    method: 'POST',
    path: '/v1/blueprints/{blueprint}/entities/search',
    repeat: 'safe',
    does: 'search for entities',
  },
  getEntity: {
    method: 'GET',
    path: '/v1/blueprints/{blueprint}/entities/{entity}',
    repeat: 'safe',
    does: 'read the entity',
  },
  searchCatalog: { method: 'POST', path: '/v1/entities/search', repeat: 'safe', does: 'search the catalog' },
  deleteEntity: {
    method: 'DELETE',
    path: '/v1/blueprints/{blueprint}/entities/{entity}',
    // A second try would be told that there is no such entity.
    repeat: 'unlessReceived',
    does: 'delete the entity',
  },
  deleteEntities: {
    method: 'POST',
    path: '/v1/blueprints/{blueprint}/bulk/entities/delete',
    repeat: 'unlessReceived',
    does: 'delete the entities',
  },
  getBlueprint: {
    method: 'GET',
    path: '/v1/blueprints/{blueprint}',
    repeat: 'safe',
    does: 'read the blueprint',
  },
  deleteBlueprint: {
    method: 'DELETE',
    path: '/v1/blueprints/{blueprint}',
    repeat: 'unlessReceived',
    does: 'delete the blueprint',
  },
  countEntities: {
    method: 'GET',
    path: '/v1/blueprints/{blueprint}/entities-count',
    repeat: 'safe',
    does: 'count the entities of the blueprint',
  },
  deleteAllEntities: {
    method: 'DELETE',
    path: '/v1/blueprints/{blueprint}/all-entities',
    repeat: 'unlessReceived',
    does: 'delete the entities of the blueprint',
  },
  listScorecards: {
    method: 'GET',
    path: '/v1/blueprints/{blueprint}/scorecards',
    repeat: 'safe',
    does: 'read the scorecards of the blueprint',
  },
  listActions: { method: 'GET', path: '/v1/actions', repeat: 'safe', does: 'list the actions' },
  listBlueprints: { method: 'GET', path: '/v1/blueprints', repeat: 'safe', does: 'list the blueprints' },
  createBlueprint: {
    method: 'POST',
    path: '/v1/blueprints',
    repeat: 'unlessReceived',
    does: 'create the blueprint',
  },
  replaceBlueprint: {
    method: 'PUT',
    path: '/v1/blueprints/{blueprint}',
    repeat: 'safe',
    does: 'change the blueprint',
  },
  getAction: { method: 'GET', path: '/v1/actions/{action}', repeat: 'safe', does: 'read the action' },
  createAction: { method: 'POST', path: '/v1/actions', repeat: 'unlessReceived', does: 'create the action' },
  replaceAction: {
    method: 'PUT',
    path: '/v1/actions/{action}',
    repeat: 'safe',
    does: 'change the action',
  },
  deleteAction: {
    method: 'DELETE',
    path: '/v1/actions/{action}',
    repeat: 'unlessReceived',
    does: 'delete the action',
  },
  getPermissions: {
    method: 'GET',
    path: '/v1/actions/{action}/permissions',
    repeat: 'safe',
    does: 'read who may execute the action',
  },
  changePermissions: {
    method: 'PATCH',
    path: '/v1/actions/{action}/permissions',
    repeat: 'safe',
    does: 'say who may execute the action',
  },
  getSecret: {
    method: 'GET',
    path: '/v1/organization/secrets/{secret}',
    repeat: 'safe',
    does: 'look for the secret',
  },
  deleteWebhook: {
    method: 'DELETE',
    path: '/v1/webhooks/{webhook}',
    repeat: 'unlessReceived',
    does: 'delete the webhook',
  },
  getWebhook: { method: 'GET', path: '/v1/webhooks/{webhook}', repeat: 'safe', does: 'read the webhook' },
  createWebhook: {
    method: 'POST',
    path: '/v1/webhooks',
    repeat: 'unlessReceived',
    does: 'create the webhook',
  },
  replaceWebhook: {
    method: 'PUT',
    path: '/v1/webhooks/{webhook}',
    repeat: 'safe',
    does: 'change the webhook',
  },
  startRun: {
    method: 'POST',
    path: '/v1/actions/{action}/runs',
    repeat: 'unlessReceived',
    does: 'start the action',
    answerTime: startAnswerTime,
  },
  getWorkflow: { method: 'GET', path: '/v1/workflows/{workflow}', repeat: 'safe', does: 'read the workflow' },
  startWorkflowRun: {
    method: 'POST',
    path: '/v1/workflows/{workflow}/runs',
    repeat: 'unlessReceived',
    does: 'start the workflow',
    answerTime: startAnswerTime,
  },
  findWorkflowRuns: {
    method: 'GET',
    path: '/v1/workflows/runs',
    repeat: 'safe',
    does: 'look for the workflow run',
  },
  getWorkflowRun: {
    method: 'GET',
    path: '/v1/workflows/runs/{runId}',
    repeat: 'safe',
    does: 'read the workflow run',
  },
  cancelWorkflowRun: {
    method: 'POST',
    path: '/v1/workflows/runs/{runId}/cancel',
    repeat: 'safe',
    does: 'cancel the workflow run',
  },
  updateNodeRun: {
    method: 'PATCH',
    path: '/v1/workflows/nodes/runs/{nodeRunId}',
    // A second time Port refuses it, which tells that it was done.
    repeat: 'safe',
    does: "update the workflow node's run",
  },
  addNodeRunLogs: {
    method: 'POST',
    path: '/v1/workflows/nodes/runs/{nodeRunId}/logs',
    repeat: 'unlessReceived',
    does: 'send log lines',
  },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;

/** A list becomes one parameter for each of its values. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/**
 * Fills a route's path; every parameter is encoded as one segment, so that `/` in an identifier stays inside it.
 * @throws InputError for a parameter of dots alone.
 */
export function pathOf(
  template: string,
  parameters: Readonly<Record<string, string>>,
  query: Query = {},
): string {
  const path = template.replace(/\{(\w+)\}/g, (_match, name: string) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) throw new TypeError(`path parameter ${name} is missing`);
    // Dots cannot be encoded, and everything between here and Port may take them for another path.
    if (value === '.' || value === '..')
      throw new InputError([`"${value}" cannot be an identifier in Port.`]);
    return encodeURIComponent(value.toWellFormed());
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) search.append(name, String(one));
    }
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}
