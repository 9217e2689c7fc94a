import type { Identity, Repository, TimelineRecord } from '../agent/types.ts';
import { guid } from '../agent/variables/guid.ts';
import type { JsonObject } from './json.ts';
import type { Build, Pipeline } from './model.ts';
import { type State, buildApiUrl, buildPage, organizationUrl, projectUrl } from './state.ts';

const orNothing = <T>(name: string, value: T | null): Record<string, T> =>
  value === null ? {} : { [name]: value };

export function identityJson(state: State, identity: Identity = state.requestedFor): JsonObject {
  const { id, displayName, uniqueName } = identity;
  return {
    id,
    displayName,
    uniqueName,
    descriptor: `aad.${id}`,
    url: `${organizationUrl(state)}/_apis/Identities/${id}`,
  };
}

export function projectJson(state: State): JsonObject {
  const { id, name } = state.project;
  const url = `${organizationUrl(state)}/_apis/projects/${id}`;
  return { id, name, url, state: 'wellFormed', revision: 1, visibility: 'private' };
}

export function definitionJson(state: State, pipeline: Pipeline): JsonObject {
  const { id, name, folder } = pipeline;
  const url = `${organizationUrl(state)}/${state.project.id}/_apis/build/Definitions/${id}?revision=1`;
  const project = projectJson(state);
  return {
    id,
    name,
    url,
    path: folder,
    type: 'build',
    queueStatus: 'enabled',
    jobAuthorizationScope: state.buildIdentity.scope,
    revision: 1,
    createdDate: pipeline.createdDate,
    project,
  };
}

/** The only repository: one at GitHub, or one of the project, which has the project's name. */
export function repositoryOf(state: State): Repository {
  const { gitHubRepository } = state.options;
  if (gitHubRepository !== undefined)
    return {
      ...{ id: gitHubRepository, name: gitHubRepository, type: 'GitHub' },
      url: `https://github.com/${gitHubRepository}`,
    };
  const { id: projectId, name } = state.project;
  const id = guid(`${projectId}/repository`);
  return { id, name, type: 'TfsGit', url: `${projectUrl(state)}/_git/${encodeURIComponent(name)}` };
}

/** A build as `GET …/build/builds/{id}` shows it. */
export function buildJson(state: State, build: Build): JsonObject {
  const { request } = build;
  const url = buildApiUrl(state, build.id);
  return {
    _links: {
      self: { href: url },
      web: { href: buildPage(state, build.id) },
      timeline: { href: `${url}/Timeline` },
    },
    id: build.id,
    buildNumber: build.number,
    status: build.status,
    ...orNothing('result', build.result),
    queueTime: build.queueTime,
    ...orNothing('startTime', build.startTime),
    ...orNothing('finishTime', build.finishTime),
    url,
    definition: definitionJson(state, build.pipeline),
    project: projectJson(state),
    uri: `vstfs:///Build/Build/${build.id}`,
    sourceBranch: request.sourceBranch,
    sourceVersion: request.sourceVersion,
    reason: request.reason,
    requestedFor: identityJson(state, request.requestedFor),
    requestedBy: identityJson(state, request.requestedFor),
    templateParameters: request.templateParameters ?? {},
    logs: { id: 0, type: 'Container', url: `${url}/logs` },
    tags: [...build.tags],
    repository: repositoryOf(state),
    validationResults: build.validationErrors.map((message) => ({ result: 'error', message })),
  };
}

function recordJson(state: State, build: Build, record: TimelineRecord): JsonObject {
  const url = `${buildApiUrl(state, build.id)}/logs`;
  const log =
    record.log === null ? null : { id: record.log.id, type: 'Container', url: `${url}/${record.log.id}` };
  return { ...record, log };
}

export function timelineJson(state: State, build: Build): JsonObject {
  return {
    records: [...build.records.values()].map((record) => recordJson(state, build, record)),
    id: build.timelineId,
    changeId: build.records.size,
    lastChangedBy: '00000002-0000-8888-8000-000000000000',
    lastChangedOn: build.finishTime ?? build.startTime ?? build.queueTime,
    url: `${buildApiUrl(state, build.id)}/Timeline/${build.timelineId}`,
  };
}

const runStates = {
  notStarted: 'inProgress',
  inProgress: 'inProgress',
  cancelling: 'canceling',
  completed: 'completed',
} as const;
// The runs API knows three results; a partial success is shown as succeeded.
const runResults = {
  succeeded: 'succeeded',
  partiallySucceeded: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
} as const;

export function pipelineJson(state: State, pipeline: Pipeline): JsonObject {
  const { id, name, folder } = pipeline;
  return {
    id,
    name,
    folder,
    revision: 1,
    url: `${projectUrl(state)}/_apis/pipelines/${id}?revision=1`,
  };
}

const runUrl = (state: State, { id, pipeline }: Build): string =>
  `${organizationUrl(state)}/${state.project.id}/_apis/pipelines/${pipeline.id}/runs/${id}`;

export function runLinks(state: State, build: Build): JsonObject {
  const pages = `${organizationUrl(state)}/${state.project.id}/_build`;
  return {
    self: { href: runUrl(state, build) },
    web: { href: `${pages}/results?buildId=${build.id}` },
    'pipeline.web': { href: `${pages}/definition?definitionId=${build.pipeline.id}` },
  };
}

/** A run in the words of the pipelines API and of its events. */
export function runJson(state: State, build: Build): JsonObject {
  return {
    _links: runLinks(state, build),
    pipeline: pipelineJson(state, build.pipeline),
    state: runStates[build.status],
    ...(build.result !== null && { result: runResults[build.result] }),
    createdDate: build.queueTime,
    ...orNothing('finishedDate', build.finishTime),
    url: runUrl(state, build),
    id: build.id,
    name: build.number,
    templateParameters: build.request.templateParameters ?? {},
    variables: variablesJson(build),
  };
}

function variablesJson(build: Build): JsonObject {
  return Object.fromEntries(
    Object.entries(build.request.variables ?? {}).map(([name, { value, isSecret }]) => [
      name,
      isSecret === true ? { value: null, isSecret } : { value },
    ]),
  );
}
