import { requireBuildReader, requireMember } from '../auth.ts';
import { buildJson, definitionJson, timelineJson } from '../build-json.ts';
import { buildOf, logText, pipelineOf } from '../builds.ts';
import { badRequest, notFound } from '../errors.ts';
import { bodyOf, isObject, list, paramOf, queryOf } from '../json.ts';
import type { Build } from '../model.ts';
import { buildApiUrl } from '../state.ts';
import { type Routes, callerOf, projectScope } from './context.ts';

const builds = `${projectScope}/build/builds`;

function logsOf(build: Build): { id: number; lineCount: number }[] {
  return [...build.records.values()].flatMap((record) =>
    record.log === null ? [] : [{ id: record.log.id, lineCount: build.logs.get(record.id)?.length ?? 0 }],
  );
}

function readRoutes({ app, state }: Routes): void {
  app.get(`${builds}/:id`, (request) => {
    const build = buildOf(state, Number(paramOf(request, 'id')));
    requireBuildReader(state, callerOf(state, request), build.id);
    return buildJson(state, build);
  });
  app.get(`${builds}/:id/timeline`, (request) => {
    const build = buildOf(state, Number(paramOf(request, 'id')));
    requireBuildReader(state, callerOf(state, request), build.id);
    return timelineJson(state, build);
  });
  app.get(`${builds}/:id/logs`, (request) => {
    const build = buildOf(state, Number(paramOf(request, 'id')));
    requireBuildReader(state, callerOf(state, request), build.id);
    return list(
      logsOf(build).map((log) => ({
        ...log,
        type: 'Container',
        url: `${buildApiUrl(state, build.id)}/logs/${log.id}`,
      })),
    );
  });
  app.get(`${builds}/:id/logs/:log`, (request, reply) => {
    const build = buildOf(state, Number(paramOf(request, 'id')));
    requireBuildReader(state, callerOf(state, request), build.id);
    const content = logText(build, Number(paramOf(request, 'log')));
    if (content === undefined)
      throw notFound('The requested log could not be found.', 'BuildLogNotFoundException');
    return reply.type('text/plain; charset=utf-8').send(content);
  });
}

function memberRoutes({ app, state, queue }: Routes): void {
  app.get(builds, (request) => {
    requireMember(callerOf(state, request), 'Builds', 'View builds');
    const { definitions, $top } = queryOf(request);
    const wanted = definitions?.split(',').map(Number);
    const found = [...state.builds.values()].filter((build) => wanted?.includes(build.pipeline.id) ?? true);
    return list(
      found
        .reverse()
        .slice(0, Number($top ?? 1000))
        .map((build) => buildJson(state, build)),
    );
  });
  app.patch(`${builds}/:id`, (request) => {
    requireMember(callerOf(state, request), `Builds/${paramOf(request, 'id')}`, 'Stop builds');
    const build = buildOf(state, Number(paramOf(request, 'id')));
    if (queryOf(request).retry === 'true') return buildJson(state, queue.rerunFailedStages(build.id));
    const { status } = bodyOf(request);
    if (status !== 'cancelling' && status !== 'Cancelling' && status !== 4) {
      throw badRequest('Only the status of a build can be changed, to cancelling.', 'InvalidBuildException');
    }
    queue.cancel(build.id);
    return buildJson(state, build);
  });
  app.post(builds, async (request) => {
    requireMember(callerOf(state, request), 'Builds', 'Queue builds');
    const { definition } = bodyOf(request);
    const id = isObject(definition) ? Number(definition.id) : Number.NaN;
    return buildJson(state, await queue.queue({ definitionId: id }));
  });
}

function definitionRoutes({ app, state }: Routes): void {
  app.get(`${projectScope}/build/definitions`, (request) => {
    requireMember(callerOf(state, request), 'Definitions', 'View build pipeline');
    const { name } = queryOf(request);
    const found = [...state.pipelines.values()].filter(
      (pipeline) => name === undefined || pipeline.name.toLowerCase() === name.toLowerCase(),
    );
    return list(found.map((pipeline) => definitionJson(state, pipeline)));
  });
  app.get(`${projectScope}/build/definitions/:id`, (request) => {
    requireMember(callerOf(state, request), 'Definitions', 'View build pipeline');
    return definitionJson(state, pipelineOf(state, Number(paramOf(request, 'id'))));
  });
}

export function buildRoutes(routes: Routes): void {
  readRoutes(routes);
  memberRoutes(routes);
  definitionRoutes(routes);
}
