import { randomUUID } from 'node:crypto';
import { buildJson, identityJson, pipelineJson } from '../build-json.ts';
import type { JsonObject } from '../json.ts';
import type { Approval, Build, Change } from '../model.ts';
import type { State } from '../state.ts';
import { approvalResource } from './approval-resource.ts';
import { type HookEvent, capital, runWithBranch } from './hook-event.ts';
import { recordChanged } from './record-events.ts';

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

function runChanged(state: State, build: Build): HookEvent {
  const run = runWithBranch(state, build);
  const by = identityJson(state, build.request.requestedFor);
  const runState = String(run.state);
  const result = typeof run.result === 'string' ? run.result : '';
  return {
    id: randomUUID(),
    publisherId: 'pipelines',
    eventType: 'ms.vss-pipelines.run-state-changed-event',
    resourceVersion: '5.1-preview.1',
    message: `Run ${build.number} ${result || (runState === 'inProgress' ? 'in progress' : runState)}.`,
    resource: {
      run: { ...run, requestedFor: by, requestedBy: by },
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
