import { randomBytes, randomUUID } from 'node:crypto';
import type { RunRequest, ServiceConnection, TimelineRecord, Variable } from '../agent/types.ts';
import { repositoryOf } from './build-json.ts';
import { type AzureError, badRequest, found } from './errors.ts';
import type { Build, Endpoint, Pipeline, QueueRequest } from './model.ts';
import { firstLine } from './source.ts';
import { type State, organizationUrl } from './state.ts';

/** @throws AzureError 404 */
export function buildOf(state: State, id: number): Build {
  return found(
    state.builds.get(id),
    `The requested build ${id} could not be found.`,
    'BuildNotFoundException',
  );
}

/** @throws AzureError 404 */
export function pipelineOf(state: State, id: number): Pipeline {
  return found(state.pipelines.get(id), `Definition ${id} was not found.`, 'DefinitionNotFoundException');
}

/** A pipeline uses a service connection that is open to it and not disabled. */
export function isUsable(state: State, endpoint: Endpoint, pipelineId: number): boolean {
  const { allPipelines = false, pipelines } = state.permissions.get(endpoint.id) ?? {};
  return !endpoint.isDisabled && (allPipelines || pipelines?.has(pipelineId) === true);
}

function connectionOf(endpoint: Endpoint): ServiceConnection {
  const { id, name, type, url, authorization, data } = endpoint;
  return { id: id.toLowerCase(), name, type, url, authorization, data };
}

/** The pipeline's variables under those given for this run, which no step may change. */
function variablesOf(pipeline: Pipeline, given: QueueRequest['variables']): Record<string, Variable> {
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
  const { templateParameters, webhook } = given;
  const endpoints = [...state.endpoints.values()].filter((each) => isUsable(state, each, pipeline.id));
  const sourceVersion = given.sourceVersion ?? state.commits.at(-1)?.id ?? randomBytes(20).toString('hex');
  const commit = state.commits.find(({ id }) => id === sourceVersion);
  return {
    pipelineFile: pipeline.file,
    repositoryDirectory: pipeline.repositoryDirectory,
    repository: repositoryOf(state),
    repositories: state.repositories,
    buildId,
    definitionId: pipeline.id,
    definitionName: pipeline.name,
    project: state.project,
    collectionUrl: `${organizationUrl(state)}/`,
    reason: given.reason ?? 'manual',
    requestedFor: given.requestedFor ?? state.requestedFor,
    sourceBranch: given.sourceBranch ?? pipeline.defaultBranch,
    sourceVersion,
    variables: variablesOf(pipeline, given.variables),
    serviceConnections: endpoints.map(connectionOf),
    accessToken: issueToken(state, buildId),
    ...(webhook && { webhook }),
    ...(templateParameters && { templateParameters }),
    sourceVersionMessage: firstLine(commit?.message ?? '').slice(0, 200),
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
    tags: new Set(),
  };
  state.builds.set(build.id, build);
  try {
    build.number = (await state.options.runNumber?.(request)) ?? build.number;
  } catch (error) {
    state.builds.delete(build.id);
    throw compileError(error);
  }
  return build;
}

/**
 * `deploy.yml:6: words` as the service has it: `/deploy.yml (Line: 6, Col: 1): words`; without a line just the file.
 * Columns are not known here.
 */
function compileError(error: unknown): AzureError {
  const message = error instanceof Error ? error.message : String(error);
  const placed = message
    .replace(/^([^:\s]+):(\d+): /, '/$1 (Line: $2, Col: 1): ')
    .replace(/^(?=[^:\s/][^:\s]*\.ya?ml(?:@[^:\s]+)?: )/i, '/');
  return badRequest(placed, 'PipelineValidationException');
}

/** The compiled YAML of a run that is not made; `yaml` stands for the pipeline's own. @throws AzureError 400 */
export async function previewRun(state: State, given: QueueRequest, yaml: string): Promise<string> {
  const { preview } = state.options;
  if (preview === undefined) throw badRequest('No compiler was given to the local Azure DevOps.');
  const request = requestOf(state, pipelineOf(state, given.definitionId), given);
  try {
    return await preview(yaml === '' ? request : { ...request, pipelineText: yaml });
  } catch (error) {
    throw compileError(error);
  }
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
