import { randomUUID } from 'node:crypto';
import type { TimelineRecord } from '../../agent/types.ts';
import { pipelineJson, runLinks } from '../build-json.ts';
import type { JsonObject } from '../json.ts';
import type { Build, Change } from '../model.ts';
import type { State } from '../state.ts';
import { type HookEvent, capital, runWithBranch } from './hook-event.ts';

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

interface RecordOf {
  readonly build: Build;
  readonly record: TimelineRecord;
  /** Its state, as events have it. */
  readonly word: string;
}

function recordJson(state: State, { build, record, word }: RecordOf): JsonObject {
  const { id, attempt, startTime, finishTime } = record;
  const { web, 'pipeline.web': pipelineWeb } = runLinks(state, build);
  const result = resultOf(state, record);
  return {
    _links: { web, 'pipeline.web': pipelineWeb },
    id,
    attempt,
    state: word,
    ...(result !== '' && { result }),
    startTime,
    finishTime,
  };
}

/** A stage has the name of the YAML, and that of its display; a job has the second alone. */
const stageJson = (state: State, { record, ...about }: RecordOf): JsonObject => ({
  ...recordJson(state, { record, ...about }),
  name: record.identifier,
  displayName: record.name,
});
const jobJson = (state: State, { record, ...about }: RecordOf): JsonObject => ({
  ...recordJson(state, { record, ...about }),
  name: record.name,
});

type RecordChange = Extract<Change, { kind: 'stage' | 'job' }>;

/** What is told of a stage or a job. Beside Microsoft's samples stands what receivers of these events read: attempts, the branch, the ids again. */
export function recordChanged(state: State, { kind, build, record, isWaiting }: RecordChange): HookEvent {
  const isPending = record.state === 'pending';
  const word = isPending && (kind === 'job' || isWaiting === true) ? 'waiting' : recordStates[record.state];
  const result = resultOf(state, record);
  const stage = stageOf(build, record);
  const projectId = state.project.id;
  const own =
    kind === 'stage'
      ? { stage: stageJson(state, { build, record, word }), stageName: stage.identifier, runId: build.id }
      : {
          job: jobJson(state, { build, record, word }),
          stage: stageJson(state, { build, record: stage, word: recordStates[stage.state] }),
        };
  const name = kind === 'stage' ? stage.identifier : `${stage.identifier} job ${record.name}`;
  return {
    id: randomUUID(),
    publisherId: 'pipelines',
    eventType: `ms.vss-pipelines.${kind}-state-changed-event`,
    resourceVersion: '5.1-preview.1',
    message: `Run ${build.number} stage ${name} ${result || word}.`,
    resource: {
      ...own,
      run: runWithBranch(state, build),
      pipeline: pipelineJson(state, build.pipeline),
      projectId,
    },
    facts: {
      projectId,
      pipelineId: String(build.pipeline.id),
      stageNameId: stage.name,
      [`${kind}NameId`]: record.name,
      [`${kind}StateId`]: capital(word),
      [`${kind}ResultId`]: capital(result),
    },
  };
}
