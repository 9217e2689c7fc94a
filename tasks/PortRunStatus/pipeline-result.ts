import type { TimelineRecord } from '../common/azure-devops/timeline.ts';
import { parseResult, type PipelineResult } from './status.ts';

/** The result of a pipeline run as seen from one of its jobs. */
export interface PipelineState {
  /** Of everything that is over, this job included. */
  readonly result: PipelineResult;
  /** Names of the stages and jobs that are still to come or still run. */
  readonly unfinished: readonly string[];
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
  const results = others
    .filter((record) => record.state === 'completed')
    .map((record) => parseResult(record.result) ?? 'succeeded');
  return {
    result: worst([own, ...results]),
    unfinished: others.filter((record) => record.state !== 'completed').map((record) => record.name),
  };
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
