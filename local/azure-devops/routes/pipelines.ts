import type { FastifyRequest } from 'fastify';
import type { Variable } from '../../agent/types.ts';
import { pipelineJson, runJson } from '../build-json.ts';
import { buildOf, pipelineOf, previewRun } from '../builds.ts';
import { AzureError, badRequest } from '../errors.ts';
import { type JsonObject, bodyOf, isObject, list, lookup, paramOf, strings, text } from '../json.ts';
import type { Pipeline, QueueRequest } from '../model.ts';
import type { State } from '../state.ts';
import { type Routes, serve } from './context.ts';

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

const pipelineAt = (state: State, request: FastifyRequest): Pipeline =>
  pipelineOf(state, Number(paramOf(request, 'pipeline')));

function requestOf({ id }: Pipeline, body: JsonObject): QueueRequest {
  const branch = lookup(body, 'resources.repositories.self.refName');
  return {
    definitionId: id,
    variables: variablesOf(body),
    templateParameters: isObject(body.templateParameters) ? strings(body.templateParameters) : {},
    ...(typeof branch === 'string' && { sourceBranch: branch }),
  };
}

/** The service answers 500 for a pipeline that does not exist, and previews the committed YAML without an override. */
async function preview(state: State, request: FastifyRequest): Promise<JsonObject> {
  const id = paramOf(request, 'pipeline');
  const pipeline = state.pipelines.get(Number(id));
  if (pipeline === undefined) {
    throw new AzureError(500, 'PipelineNotFoundException', `Pipeline with id ${id} does not exist.`);
  }
  const body = bodyOf(request);
  return { finalYaml: await previewRun(state, requestOf(pipeline, body), text(body.yamlOverride)) };
}

/** Pipelines and their runs, in the words of the pipelines API. */
export function pipelineRoutes(routes: Routes): void {
  const { state, queue } = routes;
  serve(
    routes,
    { resource: 'Pipelines', permission: 'View builds' },
    {
      'GET pipelines': () =>
        list([...state.pipelines.values()].map((pipeline) => pipelineJson(state, pipeline))),
      'GET pipelines/:pipeline': (request) => pipelineJson(state, pipelineAt(state, request)),
      'GET pipelines/:pipeline/runs': (request) => {
        const { id } = pipelineAt(state, request);
        const runs = [...state.builds.values()].filter((build) => build.pipeline.id === id);
        return list(runs.reverse().map((build) => runJson(state, build)));
      },
      'GET pipelines/:pipeline/runs/:run': (request) =>
        runJson(state, buildOf(state, Number(paramOf(request, 'run')))),
      'POST pipelines/:pipeline/preview': (request) => preview(state, request),
    },
  );
  serve(
    routes,
    { resource: 'Pipelines', permission: 'Queue builds' },
    {
      'POST pipelines/:pipeline/runs': async (request) => {
        const given = requestOf(pipelineAt(state, request), bodyOf(request));
        return runJson(state, await queue.queue(given));
      },
    },
  );
}
