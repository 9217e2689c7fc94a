import { approvalJson, approvalOf, decide } from '../approvals.ts';
import { badRequest } from '../errors.ts';
import { type JsonObject, isObject, list, paramOf, parseJson, queryOf, text } from '../json.ts';
import type { Environment } from '../model.ts';
import type { State } from '../state.ts';
import { type RouteTable, type Routes, serve } from './context.ts';

const approvalCheck = '8c6f20a7-a545-4486-9777-f762fafe0d4d';

const waitRoutes = (state: State): RouteTable => ({
  'GET pipelines/approvals': (request) => {
    const { approvalIds, state: wanted } = queryOf(request);
    const ids = approvalIds?.toLowerCase().split(',');
    const found = [...state.approvals.values()].filter(
      ({ id, status }) => (ids?.includes(id) ?? true) && (wanted ?? status) === status,
    );
    return list(found.map((approval) => approvalJson(state, approval)));
  },
  'GET pipelines/approvals/:approval': (request) =>
    approvalJson(state, approvalOf(state, paramOf(request, 'approval'))),
});

const decisionRoutes = (state: State): RouteTable => ({
  'PATCH pipelines/approvals': (request) => {
    const body = parseJson(request.body);
    if (!Array.isArray(body)) throw badRequest('The body must be a list of approvals.');
    const decisions = body.filter(isObject);
    const decided = decisions.map((each) => decide(state, text(each.approvalId), each));
    return list(decided.map((approval) => approvalJson(state, approval)));
  },
});

const environmentJson = (state: State, { id, name }: Environment): JsonObject => ({
  id,
  name,
  project: { id: state.project.id },
});

const checkJson = ({ id, name, approvers, instructions }: Environment): JsonObject => ({
  id,
  type: { id: approvalCheck, name: 'Approval' },
  settings: { approvers, instructions, minRequiredApprovers: 1, executionOrder: 'anyOrder' },
  resource: { type: 'environment', id: String(id), name },
});

const environmentRoutes = (state: State): RouteTable => ({
  'GET distributedtask/environments': (request) => {
    const { name } = queryOf(request);
    const found = [...state.environments.values()].filter((each) => (name ?? each.name) === each.name);
    return list(found.map((each) => environmentJson(state, each)));
  },
});

const checkRoutes = (state: State): RouteTable => ({
  'GET pipelines/checks/configurations': (request) => {
    const { resourceId } = queryOf(request);
    const found = [...state.environments.values()].filter(
      ({ id, approvers }) => approvers.length > 0 && (resourceId ?? String(id)) === String(id),
    );
    return list(found.map(checkJson));
  },
});

/** Environments, their approval checks, and the approvals that stages wait for. */
export function approvalRoutes(routes: Routes): void {
  const { state } = routes;
  const resource = 'Environments';
  serve(routes, { resource, permission: 'View' }, waitRoutes(state));
  serve(routes, { resource, permission: 'Use' }, decisionRoutes(state));
  serve(routes, { resource, permission: 'View' }, environmentRoutes(state));
  serve(routes, { resource, permission: 'Administer', isPreview: true }, checkRoutes(state));
}
