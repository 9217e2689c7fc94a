import type { Variable } from '../../agent/types.ts';
import { requireMember } from '../auth.ts';
import { pipelineJson, runJson } from '../build-json.ts';
import { buildOf, pipelineOf } from '../builds.ts';
import { badRequest } from '../errors.ts';
import { type JsonObject, bodyOf, isObject, list, lookup, paramOf, strings } from '../json.ts';
import { type Routes, callerOf, projectScope } from './context.ts';

const pipelines = `${projectScope}/pipelines`;

function variablesOf(body: JsonObject): Record<string, Variable> {
  const given = isObject(body.variables) ? Object.entries(body.variables) : [];
  return Object.fromEntries(
    given.map(([name, variable]) => {
      if (!isObject(variable) || typeof variable.value !== 'string') {
        throw badRequest(
          `The variable ${name} must be an object with a value.`,
          'InvalidPipelineRunException',
        );
      }
      return [name, { value: variable.value, isSecret: variable.isSecret === true }];
    }),
  );
}

export function pipelineRoutes({ app, state, queue }: Routes): void {
  app.get(pipelines, (request) => {
    requireMember(callerOf(state, request), 'Pipelines', 'View build pipeline');
    return list([...state.pipelines.values()].map((pipeline) => pipelineJson(state, pipeline)));
  });
  app.get(`${pipelines}/:id`, (request) => {
    requireMember(callerOf(state, request), 'Pipelines', 'View build pipeline');
    return pipelineJson(state, pipelineOf(state, Number(paramOf(request, 'id'))));
  });
  app.post(`${pipelines}/:id/runs`, async (request) => {
    requireMember(callerOf(state, request), `Pipelines/${paramOf(request, 'id')}`, 'Queue builds');
    const body = bodyOf(request);
    const branch = lookup(body, 'resources.repositories.self.refName');
    const build = await queue.queue({
      definitionId: pipelineOf(state, Number(paramOf(request, 'id'))).id,
      variables: variablesOf(body),
      templateParameters: isObject(body.templateParameters) ? strings(body.templateParameters) : {},
      ...(typeof branch === 'string' && { sourceBranch: branch }),
    });
    return runJson(state, build);
  });
  app.get(`${pipelines}/:id/runs`, (request) => {
    requireMember(callerOf(state, request), 'Pipelines', 'View builds');
    const { id } = pipelineOf(state, Number(paramOf(request, 'id')));
    const runs = [...state.builds.values()].filter((build) => build.pipeline.id === id);
    return list(runs.reverse().map((build) => runJson(state, build)));
  });
  app.get(`${pipelines}/:id/runs/:run`, (request) => {
    requireMember(callerOf(state, request), 'Pipelines', 'View builds');
    return runJson(state, buildOf(state, Number(paramOf(request, 'run'))));
  });
}
