import type { FastifyRequest } from 'fastify';
import { approvalJson, approvalOf, decide, readApprovers, requireApproval } from '../checks/approvals.ts';
import { addCheck, checkJson, checkOf, environmentOf, readCheck } from '../checks/configurations.ts';
import { badRequest } from '../errors.ts';
import { type JsonObject, bodyOf, isObject, list, paramOf, parseJson, queryOf, text } from '../json.ts';
import type { Check, Environment } from '../model.ts';
import type { State } from '../state.ts';
import { type RouteTable, type Routes, serve } from './context.ts';

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

const environmentRoutes = (state: State): RouteTable => ({
  'GET distributedtask/environments': (request) => {
    const { name } = queryOf(request);
    const found = [...state.environments.values()].filter((each) => (name ?? each.name) === each.name);
    return list(found.map((each) => environmentJson(state, each)));
  },
});

const newEnvironmentRoutes = (state: State): RouteTable => ({
  'POST distributedtask/environments': (request) => {
    const name = text(bodyOf(request).name);
    if (name === '') throw badRequest('An environment needs a name.');
    return environmentJson(state, environmentOf(state, name));
  },
});

const checkAt = (state: State, request: FastifyRequest): Check =>
  checkOf(state, Number(paramOf(request, 'check')));

const configurationRoutes = (state: State): RouteTable => ({
  'GET pipelines/checks/configurations': (request) => {
    const { resourceId } = queryOf(request);
    const all = state.checks.filter(({ environment: { id } }) => (resourceId ?? String(id)) === String(id));
    return list(all.map(checkJson));
  },
  'POST pipelines/checks/configurations': (request) => {
    const body = bodyOf(request);
    const check = readCheck(state, body);
    if (check.type !== 'Approval') return checkJson(addCheck(state, check));
    return checkJson(requireApproval(state, check.environment.name, readApprovers(state, body)));
  },
  'GET pipelines/checks/configurations/:check': (request) => checkJson(checkAt(state, request)),
  'DELETE pipelines/checks/configurations/:check': (request, reply) => {
    const check = checkAt(state, request);
    state.checks.splice(state.checks.indexOf(check), 1);
    if (check.type === 'Approval') check.environment.approvers = [];
    return reply.code(204).send();
  },
});

/** Environments, their checks, and the approvals that stages wait for. */
export function checkRoutes(routes: Routes): void {
  const { state } = routes;
  const resource = 'Environments';
  serve(routes, { resource, permission: 'View' }, waitRoutes(state));
  serve(routes, { resource, permission: 'Use' }, decisionRoutes(state));
  serve(routes, { resource, permission: 'View' }, environmentRoutes(state));
  serve(routes, { resource, permission: 'Create' }, newEnvironmentRoutes(state));
  serve(routes, { resource, permission: 'Administer', isPreview: true }, configurationRoutes(state));
}
