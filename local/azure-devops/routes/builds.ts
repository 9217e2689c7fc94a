import type { FastifyRequest } from 'fastify';
import { buildJson, definitionJson, timelineJson } from '../build-json.ts';
import { buildOf, logText, pipelineOf } from '../builds.ts';
import { badRequest, found } from '../errors.ts';
import { bodyOf, isObject, list, paramOf, queryOf, text } from '../json.ts';
import type { Build, Pipeline } from '../model.ts';
import type { BuildQueue } from '../queue.ts';
import { type State, buildApiUrl } from '../state.ts';
import { type RouteTable, type Routes, page, serve } from './context.ts';

const buildAt = (state: State, request: FastifyRequest): Build =>
  buildOf(state, Number(paramOf(request, 'id')));

function logsOf(state: State, build: Build): object[] {
  const url = `${buildApiUrl(state, build.id)}/logs`;
  return [...build.records.values()].flatMap(({ id, log }) => {
    const lineCount = build.logs.get(id)?.length ?? 0;
    return log === null ? [] : [{ id: log.id, type: 'Container', lineCount, url: `${url}/${log.id}` }];
  });
}

/** What the job of a build may ask about its own build, too. */
const ownRoutes = (state: State): RouteTable => ({
  'GET build/builds/:id': (request) => buildJson(state, buildAt(state, request)),
  'GET build/builds/:id/timeline': (request, reply) => {
    const timeline = timelineJson(state, buildAt(state, request));
    const instead = state.options.timeline?.();
    if (instead === undefined) return timeline;
    return 'status' in instead ? reply.code(instead.status).send({}) : { ...timeline, ...instead };
  },
  'GET build/builds/:id/logs': (request) => list(logsOf(state, buildAt(state, request))),
  'GET build/builds/:id/logs/:log': (request, reply) => {
    const text = logText(buildAt(state, request), Number(paramOf(request, 'log')));
    const content = found(text, 'The requested log could not be found.', 'BuildLogNotFoundException');
    const start = Math.max(1, Number(queryOf(request).startLine ?? 1));
    const lines = content.split('\n').slice(start - 1, -1);
    if (request.headers.accept?.includes('json') === true) return list(lines);
    return reply.type('text/plain; charset=utf-8').send(lines.map((line) => `${line}\n`).join(''));
  },
  'GET build/builds/:id/tags': (request) => list([...buildAt(state, request).tags]),
  'PUT build/builds/:id/tags/:tag': (request) =>
    list([...buildAt(state, request).tags.add(paramOf(request, 'tag'))]),
});

// A filter's values: the words, and the numbers that typed clients send for them.
const codes = {
  status: { inProgress: 1, completed: 2, cancelling: 4, notStarted: 32, all: 47 },
  result: { succeeded: 2, partiallySucceeded: 4, failed: 8, canceled: 32 },
} as const;

function passes(value: string | null, wanted: string | undefined, known: Record<string, number>): boolean {
  if (wanted === undefined || wanted === 'all' || wanted === String(known.all)) return true;
  return value !== null && (value.toLowerCase() === wanted.toLowerCase() || String(known[value]) === wanted);
}

const filters =
  'definitions statusFilter resultFilter branchName minTime queryOrder $top continuationToken api-version'.split(
    ' ',
  );

/** The newest first. @throws AzureError 400 for a filter that is not served, rather than an answer that ignores it */
function buildsOf(state: State, request: FastifyRequest): Build[] {
  const query = queryOf(request);
  const unknown = Object.keys(query).find((name) => !filters.includes(name));
  if (unknown !== undefined) throw badRequest(`The local Azure DevOps does not know the filter ${unknown}.`);
  const { queryOrder = 'queueTimeDescending' } = query;
  if (queryOrder !== 'queueTimeDescending')
    throw badRequest(`The local Azure DevOps does not know the order ${queryOrder}.`);
  const ids = query.definitions?.split(',').map(Number);
  return [...state.builds.values()]
    .filter(
      ({ pipeline, status, result, queueTime, request: { sourceBranch } }) =>
        (ids?.includes(pipeline.id) ?? true) &&
        passes(status, query.statusFilter, codes.status) &&
        passes(result, query.resultFilter, codes.result) &&
        Date.parse(queueTime) >= Date.parse(query.minTime ?? queueTime) &&
        (query.branchName ?? sourceBranch) === sourceBranch,
    )
    .reverse();
}

const stopRoutes = (state: State, queue: BuildQueue): RouteTable => ({
  'PATCH build/builds/:id': (request) => {
    const build = buildAt(state, request);
    if (queryOf(request).retry === 'true') return buildJson(state, queue.rerunFailedStages(build.id));
    const { status } = bodyOf(request);
    if (status !== 4 && text(status).toLowerCase() !== 'cancelling') {
      throw badRequest('Only the status of a build can be changed, to cancelling.', 'InvalidBuildException');
    }
    queue.cancel(build.id);
    return buildJson(state, build);
  },
});

const queueRoutes = (state: State, queue: BuildQueue): RouteTable => ({
  'POST build/builds': async (request) => {
    const { definition, sourceBranch } = bodyOf(request);
    const definitionId = isObject(definition) ? Number(definition.id) : Number.NaN;
    const given = { definitionId, ...(typeof sourceBranch === 'string' && { sourceBranch }) };
    return buildJson(state, await queue.queue(given));
  },
});

/** A run of before this server began is known by nothing but that it was. */
function latestBuildOf(state: State, pipeline: Pipeline): object {
  const latest = [...state.builds.values()].filter((build) => build.pipeline === pipeline).at(-1);
  if (latest !== undefined) return { latestBuild: buildJson(state, latest) };
  return pipeline.hasRunOnce ? { latestBuild: { id: 0, status: 'completed', result: 'succeeded' } } : {};
}

const definitionRoutes = (state: State): RouteTable => ({
  'GET build/definitions': (request) => {
    const { name, includeLatestBuilds } = queryOf(request);
    const named = [...state.pipelines.values()].filter(
      (pipeline) => name === undefined || pipeline.name.toLowerCase() === name.toLowerCase(),
    );
    return list(
      named.map((pipeline) => ({
        ...definitionJson(state, pipeline),
        ...(includeLatestBuilds === 'true' && latestBuildOf(state, pipeline)),
      })),
    );
  },
  'GET build/definitions/:id': (request) =>
    definitionJson(state, pipelineOf(state, Number(paramOf(request, 'id')))),
});

/** Builds, what is known of one, and the pipelines that they are of. */
export function buildRoutes(routes: Routes): void {
  const { state, queue } = routes;
  serve(routes, { resource: 'Builds', permission: 'View builds', jobs: 'own' }, ownRoutes(state));
  serve(
    routes,
    { resource: 'Builds', permission: 'View builds', jobs: 'any' },
    {
      'GET build/builds': (request, reply) => {
        const builds = buildsOf(state, request);
        return page(
          request,
          reply,
          builds.map((build) => buildJson(state, build)),
        );
      },
    },
  );
  serve(routes, { resource: 'Builds', permission: 'Stop builds', jobs: 'stop' }, stopRoutes(state, queue));
  serve(routes, { resource: 'Builds', permission: 'Queue builds' }, queueRoutes(state, queue));
  serve(routes, { resource: 'Definitions', permission: 'View build pipeline' }, definitionRoutes(state));
}
