import { randomUUID } from 'node:crypto';
import type { TimelineRecord } from '../../agent/types.ts';
import { buildJson, definitionJson, pipelineJson, projectJson, runJson } from '../build-json.ts';
import type { JsonObject } from '../json.ts';
import type { Build } from '../model.ts';
import type { Change } from '../queue.ts';
import { type State, buildApiUrl, organizationUrl } from '../state.ts';

/** An event before it is cut to what a subscriber asked for. */
export interface HookEvent {
  readonly id: string;
  readonly publisherId: string;
  readonly eventType: string;
  readonly resourceVersion: string;
  readonly message: string;
  readonly resource: JsonObject;
  /** What a subscription's filters are compared with, by input id. */
  readonly facts: Readonly<Record<string, string>>;
}

const buildStatusWords = {
  succeeded: 'Succeeded',
  partiallySucceeded: 'PartiallySucceeded',
  failed: 'Failed',
  canceled: 'Stopped',
} as const;

/** Version 1.0 has the result in `status` and the definition under other names; 2.0 is the build as the REST API shows it. */
function buildResource(state: State, build: Build, resourceVersion: string): JsonObject {
  if (!resourceVersion.startsWith('1.0')) return buildJson(state, build);
  const word = build.result === null ? 'inProgress' : buildStatusWords[build.result];
  return {
    uri: `vstfs:///Build/Build/${build.id}`,
    id: build.id,
    buildNumber: build.number,
    url: buildApiUrl(state, build.id),
    startTime: build.startTime,
    finishTime: build.finishTime,
    reason: build.request.reason,
    status: word.charAt(0).toLowerCase() + word.slice(1),
    definition: {
      ...definitionJson(state, build.pipeline),
      definitionType: 'Build',
      batchSize: 1,
      triggerType: 'none',
    },
    project: projectJson(state),
    requests: [
      {
        id: build.id,
        url: `${organizationUrl(state)}/_apis/build/Requests/${build.id}`,
        requestedFor: build.request.requestedFor,
      },
    ],
  };
}

function buildCompleted(state: State, build: Build, resourceVersion: string): HookEvent {
  const result = build.result === null ? '' : buildStatusWords[build.result];
  return {
    id: randomUUID(),
    publisherId: 'tfs',
    eventType: 'build.complete',
    resourceVersion,
    message: `Build ${build.number} ${result.toLowerCase()}`,
    resource: buildResource(state, build, resourceVersion),
    facts: { projectId: state.project.id, definitionName: build.pipeline.name, buildStatus: result },
  };
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

function runChanged(state: State, build: Build): HookEvent {
  const run = runJson(state, build);
  const runState = String(run.state);
  const result = typeof run.result === 'string' ? run.result : '';
  return {
    id: randomUUID(),
    publisherId: 'pipelines',
    eventType: 'ms.vss-pipelines.run-state-changed-event',
    resourceVersion: '5.1-preview.1',
    message: `Run ${build.number} ${result || runState}.`,
    resource: { run, pipeline: pipelineJson(state, build.pipeline) },
    facts: {
      projectId: state.project.id,
      pipelineId: String(build.pipeline.id),
      runStateId: capital(runState),
      runResultId: capital(result),
    },
  };
}

const recordStates = { pending: 'waiting', inProgress: 'running', completed: 'completed' } as const;

function recordChanged(state: State, build: Build, record: TimelineRecord): HookEvent {
  const kind = record.type === 'Stage' ? 'stage' : 'job';
  const word = recordStates[record.state];
  const result = record.result ?? '';
  return {
    id: randomUUID(),
    publisherId: 'pipelines',
    eventType: `ms.vss-pipelines.${kind}-state-changed-event`,
    resourceVersion: '5.1-preview.1',
    message: `Run ${build.number} ${kind} ${record.name} ${result || word}.`,
    resource: {
      [kind]: {
        id: record.id,
        name: record.identifier,
        displayName: record.name,
        attempt: record.attempt,
        state: word,
        ...(result !== '' && { result }),
      },
      run: runJson(state, build),
      pipeline: pipelineJson(state, build.pipeline),
    },
    facts: {
      projectId: state.project.id,
      pipelineId: String(build.pipeline.id),
      [`${kind}NameId`]: record.name,
      [`${kind}StateId`]: capital(word),
      [`${kind}ResultId`]: capital(result),
    },
  };
}

/** The event of a change, in the version that a subscriber asked for. */
export function eventOf(state: State, change: Change, resourceVersion: string): HookEvent {
  switch (change.kind) {
    case 'build':
      return buildCompleted(state, change.build, resourceVersion);
    case 'run':
      return runChanged(state, change.build);
    case 'stage':
    case 'job':
      return recordChanged(state, change.build, change.record);
  }
}

export const eventTypeOf = (change: Change): string =>
  change.kind === 'build' ? 'build.complete' : `ms.vss-pipelines.${change.kind}-state-changed-event`;
