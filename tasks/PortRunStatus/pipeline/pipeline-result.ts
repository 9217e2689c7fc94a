import { type PipelineResult, parseResult } from '../../common/agent/pipeline-result.ts';
import type { TimelineRecord } from '../../common/azure-devops/timeline.ts';
import { childrenOf, namedSteps, stageOf } from './records.ts';

/** The result of a pipeline run as seen from one of its jobs. */
export interface PipelineState {
  /** Of everything that is over, this job included. */
  readonly result: PipelineResult;
  /** Names of the stages and jobs that are still to come or still run. */
  readonly unfinished: readonly string[];
  /** Whether other jobs of this job's stage are among them. */
  readonly isStageOpen: boolean;
}

/** The job that looks. */
export interface OwnJob {
  /** Of its record, which the timeline has to hold. */
  readonly id: string | undefined;
  /** Azure DevOps learns of its end only after this step. */
  readonly result: PipelineResult;
  /** Jobs of its matrix or slices (System.TotalJobsInPhase): those that wait for a place have no record yet. */
  readonly jobsInPhase: number;
}

/** The worst of several results wins; what was skipped by a condition does not count. */
const severity: readonly PipelineResult[] = ['succeeded', 'partial', 'canceled', 'abandoned', 'failed'];

/**
 * Judges a pipeline run by its timeline. What is over counts by its own result, which knows of `continueOnError`: the other stages, in
 * this job's stage the other phases (a job of the YAML is a phase; one without a Job record has not begun), and in this
 * job's phase the other jobs.
 */
export function pipelineState(records: readonly TimelineRecord[], own: OwnJob): PipelineState {
  const job = records.find(({ id }) => id === own.id);
  const phase = records.find(({ id }) => id === job?.parentId);
  const stage = job === undefined ? undefined : stageOf(job, records);
  const stages = records.filter((record) => record.type === 'Stage' && record !== stage);
  const phases = childrenOf(stage, 'Phase', records).filter((record) => record !== phase);
  const jobs = records.filter(({ type, parentId }) => type === 'Job' && parentId === job?.parentId);
  const others = [...phases, ...jobs.filter((record) => record !== job)];
  const judged = [...stages, ...others].map((record) => ({ record, result: resultOf(record, records) }));
  const unfinished = judged.filter(({ result }) => result === undefined).map(({ record }) => record);
  const waiting = Math.max(0, own.jobsInPhase - jobs.length);
  return {
    result: worst([
      own.result,
      ...judged.map(({ result }) => result).filter((result) => result !== undefined),
    ]),
    unfinished: [
      ...unfinished.map(({ name }) => name),
      ...Array.from({ length: waiting }, () => `a further job of ${phase?.name ?? 'this job'}`),
    ],
    isStageOpen: waiting > 0 || unfinished.some(({ type }) => type !== 'Stage'),
  };
}

/** The result of a stage, phase or job; undefined while it is open, or not known to be over. */
function resultOf(record: TimelineRecord, records: readonly TimelineRecord[]): PipelineResult | undefined {
  if (record.state === 'completed') return parseResult(record.result);
  if (record.state === 'pending') return undefined;
  switch (record.type) {
    case 'Stage':
      return allOver(childrenOf(record, 'Phase', records), records);
    case 'Phase':
      return isOfOneJob(record, records) ? allOver(childrenOf(record, 'Job', records), records) : undefined;
    case 'Job':
      return allOver(namedSteps(record, records), records);
    default:
      return undefined;
  }
}

/**
 * A job of which only post-job parts are left is over: two jobs that end at the same moment would otherwise wait for each other. Azure
 * DevOps completes its record after those parts.
 */
function allOver(
  parts: readonly TimelineRecord[],
  records: readonly TimelineRecord[],
): PipelineResult | undefined {
  const results = parts.map((part) => resultOf(part, records));
  const known = results.filter((result) => result !== undefined);
  return known.length > 0 && known.length === results.length ? worst(known) : undefined;
}

/** Of a phase with a matrix nobody outside of it knows how many jobs are to come. */
function isOfOneJob(phase: TimelineRecord, records: readonly TimelineRecord[]): boolean {
  const jobs = childrenOf(phase, 'Job', records);
  return jobs.length === 1 && jobs.every(({ identifier }) => /(?:^|\.)__default$/.test(identifier));
}

function worst(results: readonly PipelineResult[]): PipelineResult {
  return severity.findLast((result) => results.includes(result)) ?? 'succeeded';
}
