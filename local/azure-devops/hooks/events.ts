import { randomUUID } from 'node:crypto';
import type { TimelineRecord } from '../../agent/types.ts';
import { buildJson, identityJson, pipelineJson, runJson } from '../build-json.ts';
import type { JsonObject } from '../json.ts';
import type { Approval, Build, Change } from '../model.ts';
import type { State } from '../state.ts';
import { approvalResource } from './approval-resource.ts';

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
  /** `resourceContainers` has no project. */
  readonly hasNoProject?: boolean;
}

const buildStatusWords = {
  succeeded: 'Succeeded',
  partiallySucceeded: 'PartiallySucceeded',
  failed: 'Failed',
  canceled: 'Stopped',
} as const;

/** Version 1.0 has the result in `status`, and no result of its own; 2.0 is the build as the REST API shows it. */
function buildResource(state: State, build: Build, resourceVersion: string): JsonObject {
  const { result: _result, ...common } = buildJson(state, build);
  if (!resourceVersion.startsWith('1.0')) return buildJson(state, build);
  const word = build.result === null ? 'inProgress' : buildStatusWords[build.result];
  return { ...common, status: word.charAt(0).toLowerCase() + word.slice(1) };
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
  const by = identityJson(state, build.request.requestedFor);
  const runState = String(run.state);
  const result = typeof run.result === 'string' ? run.result : '';
  const resources = { repositories: { self: { refName: build.request.sourceBranch } } };
  return {
    id: randomUUID(),
    publisherId: 'pipelines',
    eventType: 'ms.vss-pipelines.run-state-changed-event',
    resourceVersion: '5.1-preview.1',
    message: `Run ${build.number} ${result || runState}.`,
    resource: {
      run: { ...run, resources, requestedFor: by, requestedBy: by },
      pipeline: pipelineJson(state, build.pipeline),
    },
    facts: {
      projectId: state.project.id,
      pipelineId: String(build.pipeline.id),
      runStateId: capital(runState),
      runResultId: capital(result),
    },
  };
}

const recordStates = { pending: 'notStarted', inProgress: 'running', completed: 'completed' } as const;
const recordResults = {
  succeeded: 'succeeded',
  succeededWithIssues: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
  skipped: 'skipped',
  abandoned: 'failed',
} as const;

/** A stage whose approval was refused is `rejected` in events, and failed in the timeline. */
function resultOf(state: State, { id, result }: TimelineRecord): string {
  if (result === null) return '';
  const isRejected = [...state.approvals.values()].some(
    (approval) => approval.stage.id === id && approval.status === 'rejected',
  );
  return isRejected && result === 'failed' ? 'rejected' : recordResults[result];
}

/** The record of the stage that a record belongs to. */
function stageOf(build: Build, record: TimelineRecord): TimelineRecord {
  const parent = build.records.get(record.parentId ?? '');
  return record.type === 'Stage' || parent === undefined ? record : stageOf(build, parent);
}

function recordJson(state: State, record: TimelineRecord, word: string): JsonObject {
  const { id, identifier, name, attempt, startTime, finishTime } = record;
  const result = resultOf(state, record);
  return {
    id,
    name: identifier,
    displayName: name,
    attempt,
    state: word,
    ...(result !== '' && { result }),
    ...(startTime !== null && { startTime }),
    ...(finishTime !== null && { finishTime }),
  };
}

type RecordChange = Extract<Change, { kind: 'stage' | 'job' }>;

function recordChanged(state: State, { kind, build, record, isWaiting }: RecordChange): HookEvent {
  const isPending = record.state === 'pending';
  const word = isPending && (kind === 'job' || isWaiting === true) ? 'waiting' : recordStates[record.state];
  const result = resultOf(state, record);
  const stage = stageOf(build, record);
  return {
    id: randomUUID(),
    publisherId: 'pipelines',
    eventType: `ms.vss-pipelines.${kind}-state-changed-event`,
    resourceVersion: '5.1-preview.1',
    message: `Run ${build.number} ${kind} ${record.name} ${result || word}.`,
    resource: {
      [kind]: recordJson(state, record, word),
      ...(kind === 'job' && { stage: recordJson(state, stage, recordStates[stage.state]) }),
      run: runJson(state, build),
      pipeline: pipelineJson(state, build.pipeline),
    },
    facts: {
      projectId: state.project.id,
      pipelineId: String(build.pipeline.id),
      stageNameId: stage.name,
      [`${kind}NameId`]: record.name,
      [`${kind}StateId`]: capital(word),
      [`${kind}ResultId`]: capital(result),
    },
  };
}

function approvalChanged(state: State, approval: Approval): HookEvent {
  const { build, stage, environment, status } = approval;
  return {
    id: randomUUID(),
    publisherId: 'pipelines',
    eventType: `ms.vss-pipelinechecks-events.approval-${status === 'pending' ? 'pending' : 'completed'}`,
    resourceVersion: '5.1-preview.1',
    message: `Run ${build.number} stage ${stage.name} approval ${status}.`,
    resource: approvalResource(state, approval),
    facts: {
      projectId: state.project.id,
      pipelineId: String(build.pipeline.id),
      stageName: stage.identifier,
      environmentName: environment.name,
    },
    hasNoProject: true,
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
      return recordChanged(state, change);
    case 'approval':
      return approvalChanged(state, change.approval);
  }
}
