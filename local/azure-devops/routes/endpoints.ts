import type { FastifyRequest } from 'fastify';
import { pipelineOf } from '../builds.ts';
import { endpointJson, endpointOf, readEndpoint } from '../endpoints.ts';
import { badRequest } from '../errors.ts';
import { type JsonObject, bodyOf, isObject, list, paramOf, queryOf } from '../json.ts';
import type { Endpoint, Permission } from '../model.ts';
import type { State } from '../state.ts';
import { type RouteTable, type Routes, serve, versionOf } from './context.ts';

const endpointAt = (state: State, request: FastifyRequest): Endpoint =>
  endpointOf(state, paramOf(request, 'endpoint'));

const readRoutes = (state: State): RouteTable => ({
  'GET serviceendpoint/endpoints': (request) => {
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
        return endpointJson(state, { ...endpoint, isReady }, versionOf(request));
      }),
    );
  },
  'GET serviceendpoint/endpoints/:endpoint': (request, reply) => {
    const endpoint = state.endpoints.get(paramOf(request, 'endpoint').toLowerCase());
    // The real one answers an unknown id with 200 and null.
    return endpoint === undefined
      ? reply.type('application/json').send('null')
      : endpointJson(state, endpoint, versionOf(request));
  },
});

/** Keeps a connection as a body has it; below 7.2 a body cannot say whether it is disabled. */
function write(state: State, request: FastifyRequest, before?: Endpoint): JsonObject {
  const { isDisabled, ...rest } = bodyOf(request);
  const version = versionOf(request);
  const body = version.startsWith('7.2') ? { ...rest, isDisabled } : rest;
  const endpoint = readEndpoint(state, body, before);
  state.endpoints.set(endpoint.id, endpoint);
  if (before === undefined) state.permissions.set(endpoint.id, { allPipelines: false, pipelines: new Set() });
  return endpointJson(state, endpoint, version);
}

const writeRoutes = (state: State): RouteTable => ({
  'POST /_apis/serviceendpoint/endpoints': (request) => write(state, request),
  'PUT /_apis/serviceendpoint/endpoints/:endpoint': (request) =>
    write(state, request, endpointAt(state, request)),
  'DELETE /_apis/serviceendpoint/endpoints/:endpoint': (request, reply) => {
    if (queryOf(request).projectIds === undefined)
      throw badRequest('The query parameter projectIds is required.', 'ArgumentException');
    state.endpoints.delete(endpointAt(state, request).id);
    return reply.code(204).send();
  },
});

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

const permissionRoutes = (state: State): RouteTable => ({
  'GET pipelines/pipelinePermissions/endpoint/:endpoint': (request) =>
    permissionJson(state, endpointAt(state, request).id),
  'PATCH pipelines/pipelinePermissions/endpoint/:endpoint': (request) => {
    const { id } = endpointAt(state, request);
    const permission = state.permissions.get(id) ?? { allPipelines: false, pipelines: new Set<number>() };
    change(state, permission, bodyOf(request));
    state.permissions.set(id, permission);
    return permissionJson(state, id);
  },
});

/** Service connections, and which pipelines may use them. */
export function endpointRoutes(routes: Routes): void {
  const { state } = routes;
  const resource = 'ServiceEndpoints';
  serve(routes, { resource, permission: 'View' }, readRoutes(state));
  serve(routes, { resource, permission: 'Administer' }, writeRoutes(state));
  serve(routes, { resource, permission: 'Administer', isPreview: true }, permissionRoutes(state));
}
