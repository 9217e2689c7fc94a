import type { FastifyRequest } from 'fastify';
import { requireMember } from '../auth.ts';
import { pipelineOf } from '../builds.ts';
import { endpointJson, endpointOf, readEndpoint } from '../endpoints.ts';
import { badRequest } from '../errors.ts';
import { type JsonObject, bodyOf, isObject, list, paramOf, queryOf } from '../json.ts';
import type { Permission } from '../model.ts';
import type { State } from '../state.ts';
import { type Routes, callerOf, projectScope } from './context.ts';

const organizationScope = '/_apis/serviceendpoint/endpoints';
const scope = `${projectScope}/serviceendpoint/endpoints`;

function requireAdministrator(state: State, request: FastifyRequest): void {
  requireMember(callerOf(state, request), 'ServiceEndpoints', 'Administer');
}

function readRoutes({ app, state }: Routes): void {
  app.get(scope, (request) => {
    requireMember(callerOf(state, request), 'ServiceEndpoints', 'View');
    const { type, endpointNames } = queryOf(request);
    const names = endpointNames?.split(',').map((name) => name.toLowerCase());
    const found = [...state.endpoints.values()].filter(
      (each) =>
        (type === undefined || each.type === type) && (names?.includes(each.name.toLowerCase()) ?? true),
    );
    return list(
      found.map((endpoint) => {
        const isReady = endpoint.isReady && state.faults.readsUntilReady <= 0;
        if (!isReady) state.faults.readsUntilReady -= 1;
        return endpointJson(state, { ...endpoint, isReady });
      }),
    );
  });
  app.get(`${scope}/:id`, (request, reply) => {
    requireMember(callerOf(state, request), 'ServiceEndpoints', 'View');
    const endpoint = state.endpoints.get(paramOf(request, 'id').toLowerCase());
    // The real one answers an unknown id with 200 and null.
    return endpoint === undefined
      ? reply.type('application/json').send('null')
      : endpointJson(state, endpoint);
  });
}

function writeRoutes({ app, state }: Routes): void {
  app.post(organizationScope, (request) => {
    requireAdministrator(state, request);
    const endpoint = readEndpoint(state, bodyOf(request));
    state.endpoints.set(endpoint.id, endpoint);
    state.permissions.set(endpoint.id, { allPipelines: false, pipelines: new Set() });
    return endpointJson(state, endpoint);
  });
  app.put(`${organizationScope}/:id`, (request) => {
    requireAdministrator(state, request);
    const endpoint = readEndpoint(state, bodyOf(request), endpointOf(state, paramOf(request, 'id')));
    state.endpoints.set(endpoint.id, endpoint);
    return endpointJson(state, endpoint);
  });
  app.delete(`${organizationScope}/:id`, (request, reply) => {
    requireAdministrator(state, request);
    const { projectIds } = queryOf(request);
    if (projectIds === undefined)
      throw badRequest('The query parameter projectIds is required.', 'ArgumentException');
    state.endpoints.delete(endpointOf(state, paramOf(request, 'id')).id);
    return reply.code(204).send();
  });
}

function permissionJson(state: State, id: string): JsonObject {
  const permission = state.permissions.get(id);
  return {
    resource: { type: 'endpoint', id, name: state.endpoints.get(id)?.name },
    ...(permission?.allPipelines === true && { allPipelines: { authorized: true } }),
    pipelines: [...(permission?.pipelines ?? [])].map((pipeline) => ({ id: pipeline, authorized: true })),
  };
}

function change(state: State, permission: Permission, body: JsonObject): void {
  if (isObject(body.allPipelines)) permission.allPipelines = body.allPipelines.authorized === true;
  for (const each of Array.isArray(body.pipelines) ? body.pipelines : []) {
    if (!isObject(each)) continue;
    const { id } = pipelineOf(state, Number(each.id));
    if (each.authorized === true) permission.pipelines.add(id);
    else permission.pipelines.delete(id);
  }
}

function permissionRoutes({ app, state }: Routes): void {
  const path = `${projectScope}/pipelines/pipelinePermissions/endpoint/:id`;
  app.get(path, (request) => {
    requireMember(callerOf(state, request, 'preview'), 'ServiceEndpoints', 'View');
    return permissionJson(state, endpointOf(state, paramOf(request, 'id')).id);
  });
  app.patch(path, (request) => {
    requireMember(callerOf(state, request, 'preview'), 'ServiceEndpoints', 'Administer');
    const { id } = endpointOf(state, paramOf(request, 'id'));
    const permission = state.permissions.get(id) ?? { allPipelines: false, pipelines: new Set<number>() };
    change(state, permission, bodyOf(request));
    state.permissions.set(id, permission);
    return permissionJson(state, id);
  });
}

export function endpointRoutes(routes: Routes): void {
  readRoutes(routes);
  writeRoutes(routes);
  permissionRoutes(routes);
}
