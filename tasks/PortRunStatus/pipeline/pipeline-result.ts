import type { TimelineRecord } from '../../common/azure-devops/timeline.ts';
import { type PipelineResult, parseResult } from '../status.ts';

/** The result of a pipeline run as seen from one of its jobs. */
export interface PipelineState {
  /** Of everything that is over, this job included. */
  readonly result: PipelineResult;
  /** Names of the stages and jobs that are still to come or still run. */
  readonly unfinished: readonly string[];
  /** Whether other jobs of this job's stage are among them. */
  readonly isStageOpen: boolean;
}

/** The worst of several results wins; what was skipped by a condition does not count. */
const severity: readonly PipelineResult[] = ['succeeded', 'partial', 'canceled', 'abandoned', 'failed'];

/**
 * Judges a pipeline run by its timeline. Stages that are over count by their own result, which knows of `continueOnError`; in this
 * job's stage the other jobs count, and this job by `own`, since Azure DevOps learns of its end only after this step.
 */
export function pipelineState(
  records: readonly TimelineRecord[],
  jobId: string | undefined,
  own: PipelineResult,
): PipelineState {
  const job = records.find((record) => record.type === 'Job' && record.id === jobId);
  const stage = job === undefined ? undefined : stageOf(job, records);
  const others = records.filter(
    (record) =>
      (record.type === 'Stage' && record !== stage) ||
      (record.type === 'Job' && record !== job && stage !== undefined && stageOf(record, records) === stage),
  );
  const judged = others.map((record) => ({ record, result: resultOf(record, records) }));
  const unfinished = judged.filter(({ result }) => result === undefined).map(({ record }) => record);
  return {
    result: worst([own, ...judged.map(({ result }) => result).filter((result) => result !== undefined)]),
    unfinished: unfinished.map(({ name }) => name),
    isStageOpen: unfinished.some(({ type }) => type === 'Job'),
  };
}

/**
 * The result of a stage or job; undefined while it is open. A job of which only post-job steps are left is over: two jobs that
 * end at the same time would else wait for each other. Azure DevOps completes its record after those steps.
 */
function resultOf(record: TimelineRecord, records: readonly TimelineRecord[]): PipelineResult | undefined {
  if (record.state === 'completed') return parseResult(record.result) ?? 'succeeded';
  if (record.state === 'pending') return undefined;
  const parts =
    record.type === 'Job'
      ? records.filter(
          ({ type, parentId, name }) => type === 'Task' && parentId === record.id && !isAfterJob(name),
        )
      : records.filter((other) => other.type === 'Job' && stageOf(other, records) === record);
  const results = parts.map((part) => resultOf(part, records));
  const known = results.filter((result) => result !== undefined);
  return known.length > 0 && known.length === results.length ? worst(known) : undefined;
}

function isAfterJob(name: string): boolean {
  return name.startsWith('Post-job') || name === 'Finalize Job';
}

function worst(results: readonly PipelineResult[]): PipelineResult {
  return severity[Math.max(...results.map((result) => severity.indexOf(result)), 0)] ?? 'succeeded';
}

export function stageOf(
  record: TimelineRecord,
  records: readonly TimelineRecord[],
): TimelineRecord | undefined {
  return ancestorsOf(record, records).find((ancestor) => ancestor.type === 'Stage');
}

/** From the parent upwards. */
export function ancestorsOf(
  record: TimelineRecord,
  records: readonly TimelineRecord[],
): readonly TimelineRecord[] {
  const ancestors: TimelineRecord[] = [];
  let parentId = record.parentId;
  while (parentId !== undefined && ancestors.length < 10) {
    const parent = records.find((candidate) => candidate.id === parentId);
    if (parent === undefined) break;
    ancestors.push(parent);
    parentId = parent.parentId;
  }
  return ancestors;
}
