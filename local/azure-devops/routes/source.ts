import type { FastifyRequest } from 'fastify';
import { repositoryOf } from '../build-json.ts';
import { buildOf } from '../builds.ts';
import { badRequest, found, notFound } from '../errors.ts';
import { type JsonObject, bodyOf, list, paramOf, queryOf } from '../json.ts';
import type { Commit, WorkItem } from '../source-model.ts';
import {
  changeJson,
  commitsBetween,
  commitsOf,
  queryPullRequests,
  workItemJson,
  workItemPage,
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

/** How many changes and work items are told where `$top` asks for no more. */
const usual = 50;
/** How many changes of one build there are at most, on all pages. */
const mostOfBuild = 200;

/** A list without further pages. */
const firstOf = (request: FastifyRequest, all: readonly unknown[]): JsonObject =>
  list(all.slice(0, Number(queryOf(request).$top ?? usual)));

function changeRoutes(state: State): RouteTable {
  const changes = (commits: Commit[]) => commits.map((commit) => changeJson(state, commit));
  return {
    'GET build/changes': (request) => firstOf(request, changes(between(state, request))),
    'GET build/builds/:id/changes': (request, reply) =>
      page(request, reply, changes(ofBuild(state, request)).slice(0, mostOfBuild), usual),
    'GET build/workitems': (request) => firstOf(request, workItemRefs(state, between(state, request))),
    'GET build/builds/:id/workitems': (request) =>
      firstOf(request, workItemRefs(state, ofBuild(state, request))),
  };
}

function workItemOf({ workItems }: State, id: unknown): WorkItem {
  const message = `TF401232: Work item ${String(id)} does not exist, or you do not have permissions to read it.`;
  return found(workItems.get(Number(id)), message, 'WorkItemUnauthorizedAccessException');
}

/** @param query `errorPolicy` is `omit` where null stands for what is not there; a typed client says 2 */
function workItemsOf(state: State, { ids, fields, errorPolicy }: JsonObject): JsonObject {
  const all: unknown[] = Array.isArray(ids) ? ids : [];
  if (all.length > 200)
    throw badRequest(`VS403474: You requested ${all.length} work items which exceeds the limit of 200`);
  const named: unknown[] | undefined = Array.isArray(fields) ? fields : undefined;
  const isOmitted = (id: unknown) =>
    /^(omit|2)$/i.test(String(errorPolicy)) && !state.workItems.has(Number(id));
  return list(all.map((id) => (isOmitted(id) ? null : workItemJson(state, workItemOf(state, id), named))));
}

/** Served in the project and in the organization. */
function workItemRoutes(state: State): RouteTable {
  const routes: RouteTable = {
    'GET wit/workitems': (request) => {
      const { ids, fields, errorPolicy } = queryOf(request);
      return workItemsOf(state, { ids: ids?.split(','), fields: fields?.split(','), errorPolicy });
    },
    'GET wit/workitems/:item': (request) => {
      const item = workItemOf(state, paramOf(request, 'item'));
      return { ...workItemJson(state, item), _links: { html: { href: workItemPage(state, item) } } };
    },
    'POST wit/workitemsbatch': (request) => workItemsOf(state, bodyOf(request)),
  };
  const inOrganization = Object.entries(routes).map(([route, answer]) => [
    route.replace(' ', ' /_apis/'),
    answer,
  ]);
  return { ...routes, ...(Object.fromEntries(inOrganization) as RouteTable) };
}

/** A repository at GitHub is none of the project's. */
export function requireRepository(state: State, request: FastifyRequest): void {
  const { id, name, type } = repositoryOf(state);
  const wanted = paramOf(request, 'repository').toLowerCase();
  if (type === 'TfsGit' && (wanted === id || wanted === name.toLowerCase())) return;
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
