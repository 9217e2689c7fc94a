import { randomBytes, randomUUID } from 'node:crypto';
import type { RunRequest, ServiceConnection, TimelineRecord, Variable } from '../agent/types.ts';
import { badRequest, notFound } from './errors.ts';
import type { Build, Endpoint, Pipeline, QueueRequest } from './model.ts';
import { type State, organizationUrl } from './state.ts';

/** @throws AzureError 404 */
export function buildOf(state: State, id: number): Build {
  const build = state.builds.get(id);
  if (build === undefined) {
    throw notFound(`The requested build ${id} could not be found.`, 'BuildNotFoundException');
  }
  return build;
}

/** @throws AzureError 404 */
export function pipelineOf(state: State, id: number): Pipeline {
  const pipeline = state.pipelines.get(id);
  if (pipeline === undefined) {
    throw notFound(`Definition ${id} was not found.`, 'DefinitionNotFoundException');
  }
  return pipeline;
}

export function isAuthorized(state: State, endpointId: string, pipelineId: number): boolean {
  const permission = state.permissions.get(endpointId);
  return permission !== undefined && (permission.allPipelines || permission.pipelines.has(pipelineId));
}

function connectionOf(endpoint: Endpoint): ServiceConnection {
  const { id, name, type, url, authorization, data } = endpoint;
  return { id: id.toLowerCase(), name, type, url, authorization, data };
}

/** The pipeline's variables under those given for this run. @throws AzureError 400 for one that may not be set */
function variablesOf(
  state: State,
  pipeline: Pipeline,
  given: QueueRequest['variables'],
): Record<string, Variable> {
  const refused = Object.keys(given ?? {}).filter(
    (name) =>
      state.options.limitQueueTimeVariables === true && pipeline.variables[name]?.allowOverride !== true,
  );
  if (refused.length > 0) {
    throw badRequest(
      `You can't set the following variables (${refused.join(', ')}). If you want to be able to set these variables, ` +
        'then edit the pipeline and select Settable at queue time on the variables tab of the pipeline editor.',
      'PipelineValidationException',
    );
  }
  const readOnly = Object.entries(given ?? {}).map(([name, one]) => [name, { ...one, isReadOnly: true }]);
  return { ...pipeline.variables, ...(Object.fromEntries(readOnly) as Record<string, Variable>) };
}

/** A new job token that reads this build and nothing else. */
export function issueToken(state: State, buildId: number): string {
  const token = `job.${randomBytes(24).toString('base64url')}.${randomBytes(16).toString('base64url')}`;
  state.jobTokens.set(token, buildId);
  return token;
}

function requestOf(state: State, pipeline: Pipeline, given: QueueRequest): RunRequest {
  const buildId = state.builds.size + 1;
  const { templateParameters, webhook, sourceVersionMessage } = given;
  const endpoints = [...state.endpoints.values()].filter((each) => isAuthorized(state, each.id, pipeline.id));
  return {
    pipelineFile: pipeline.file,
    repositoryDirectory: pipeline.repositoryDirectory,
    buildId,
    definitionId: pipeline.id,
    definitionName: pipeline.name,
    project: state.project,
    collectionUrl: `${organizationUrl(state)}/`,
    reason: given.reason ?? 'manual',
    requestedFor: given.requestedFor ?? state.requestedFor,
    sourceBranch: given.sourceBranch ?? pipeline.defaultBranch,
    sourceVersion: given.sourceVersion ?? randomBytes(20).toString('hex'),
    variables: variablesOf(state, pipeline, given.variables),
    variableGroups: pipeline.variableGroups,
    serviceConnections: endpoints.map(connectionOf),
    accessToken: issueToken(state, buildId),
    ...(webhook && { webhook }),
    ...(templateParameters && { templateParameters }),
    ...(sourceVersionMessage !== undefined && { sourceVersionMessage }),
  };
}

const dateNumber = (state: State): string =>
  `${new Date().toISOString().slice(0, 10).replaceAll('-', '')}.${state.builds.size + 1}`;

/** Makes a run that waits for an agent. Nothing is kept when its YAML cannot be compiled. */
export async function createBuild(state: State, given: QueueRequest): Promise<Build> {
  const pipeline = pipelineOf(state, given.definitionId);
  const request = requestOf(state, pipeline, given);
  const build: Build = {
    id: request.buildId,
    pipeline,
    request,
    timelineId: randomUUID(),
    queueTime: new Date().toISOString(),
    number: dateNumber(state),
    status: 'notStarted',
    result: null,
    startTime: null,
    finishTime: null,
    attempt: 1,
    validationErrors: [],
    records: new Map<string, TimelineRecord>(),
    logs: new Map(),
    attachments: [],
  };
  state.builds.set(build.id, build);
  try {
    build.number = (await state.options.runNumber?.(request)) ?? build.number;
  } catch (error) {
    state.builds.delete(build.id);
    throw badRequest(error instanceof Error ? error.message : String(error), 'PipelineValidationException');
  }
  return build;
}

/** The text of one log, lines as they were written; undefined when no record has that log. */
export function logText(build: Build, logId: number): string | undefined {
  const record = [...build.records.values()].find((each) => each.log?.id === logId);
  if (record === undefined) return undefined;
  return (build.logs.get(record.id) ?? []).map((line) => `${line}\n`).join('');
}

/** All logs of a run in the order of their numbers. */
export function wholeLog(build: Build): string {
  return [...build.records.values()]
    .flatMap((record) => (record.log === null ? [] : [record.log.id]))
    .sort((left, right) => left - right)
    .map((id) => logText(build, id) ?? '')
    .join('');
}
