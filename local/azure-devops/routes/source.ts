import type { FastifyRequest } from 'fastify';
import { repositoryJson } from '../build-json.ts';
import { buildOf } from '../builds.ts';
import { found, notFound } from '../errors.ts';
import { bodyOf, list, paramOf, queryOf } from '../json.ts';
import type { Commit } from '../model.ts';
import {
  changeJson,
  commitsBetween,
  commitsOf,
  queryPullRequests,
  workItemJson,
  workItemRefs,
} from '../source.ts';
import type { State } from '../state.ts';
import { type RouteTable, type Routes, page, serve } from './context.ts';

function between(state: State, request: FastifyRequest): Commit[] {
  const { fromBuildId, toBuildId } = queryOf(request);
  const from = fromBuildId === undefined ? undefined : buildOf(state, Number(fromBuildId));
  return commitsBetween(state, from, buildOf(state, Number(toBuildId)));
}

const ofBuild = (state: State, request: FastifyRequest): Commit[] =>
  commitsOf(state, buildOf(state, Number(paramOf(request, 'id'))));

function changeRoutes(state: State): RouteTable {
  const changes = (commits: Commit[]) => commits.map((commit) => changeJson(state, commit));
  return {
    'GET build/changes': (request, reply) => page(request, reply, changes(between(state, request))),
    'GET build/builds/:id/changes': (request, reply) =>
      page(request, reply, changes(ofBuild(state, request))),
    'GET build/workitems': (request, reply) =>
      page(request, reply, workItemRefs(state, between(state, request))),
    'GET build/builds/:id/workitems': (request, reply) =>
      page(request, reply, workItemRefs(state, ofBuild(state, request))),
  };
}

function workItemsOf(state: State, ids: readonly string[]): object[] {
  return ids.map((id) => {
    const message = `TF401232: Work item ${id} does not exist, or you do not have permissions to read it.`;
    const item = found(state.workItems.get(Number(id)), message, 'WorkItemUnauthorizedAccessException');
    return workItemJson(state, item);
  });
}

const workItemRoutes = (state: State): RouteTable => ({
  'GET wit/workitems': (request) => list(workItemsOf(state, queryOf(request).ids?.split(',') ?? [])),
  'GET wit/workitems/:item': (request) => workItemsOf(state, [paramOf(request, 'item')])[0],
});

function requireRepository(state: State, request: FastifyRequest): void {
  const { id, name } = repositoryJson(state);
  const wanted = paramOf(request, 'repository').toLowerCase();
  if (wanted === id || wanted === String(name).toLowerCase()) return;
  throw notFound(
    `TF401019: The Git repository with name or identifier ${wanted} does not exist or you do not have permissions ` +
      'for the operation you are attempting.',
    'GitRepositoryNotFoundException',
  );
}

const gitRoutes = (state: State): RouteTable => ({
  'POST git/repositories/:repository/pullrequestquery': (request) => {
    requireRepository(state, request);
    const { queries } = bodyOf(request);
    const all: unknown[] = Array.isArray(queries) ? queries : [];
    return { queries: all, results: all.map((query) => queryPullRequests(state, query)) };
  },
});

/** What builds are made of: commits, the work items that they name, the pull requests that brought them. */
export function sourceRoutes(routes: Routes): void {
  const { state } = routes;
  serve(routes, { resource: 'Builds', permission: 'View builds', jobs: 'any' }, changeRoutes(state));
  serve(
    routes,
    { resource: 'WorkItems', permission: 'View work items in this node', jobs: 'any' },
    workItemRoutes(state),
  );
  serve(routes, { resource: 'Repositories', permission: 'Read', jobs: 'any' }, gitRoutes(state));
}
