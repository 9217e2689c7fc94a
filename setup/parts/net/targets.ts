import type { Inputs } from '../../azure/hook-types.ts';
import type { NetConfig } from '../../config.ts';
import type { LoopPipeline } from '../../products.ts';

/** What a service hook of the net tells Port of. */
export interface NetTarget {
  readonly tellsOf: 'end' | 'start' | 'stages' | 'jobs';
  readonly event: string;
  /** The state of the run that it waits for, where it waits for one. */
  readonly runState?: 'InProgress' | 'Completed';
  readonly pipeline: LoopPipeline;
}

const runEvent = 'ms.vss-pipelines.run-state-changed-event';

/** The service hooks of a pipeline: that of its end, and those of its progress where it is wanted. */
export function netTargets({ event, progress }: NetConfig, pipeline: LoopPipeline): NetTarget[] {
  const end: NetTarget = { tellsOf: 'end', event, pipeline };
  const stages: NetTarget[] = [
    { tellsOf: 'start', event: runEvent, runState: 'InProgress', pipeline },
    { tellsOf: 'stages', event: 'ms.vss-pipelines.stage-state-changed-event', pipeline },
  ];
  const jobs: NetTarget = { tellsOf: 'jobs', event: 'ms.vss-pipelines.job-state-changed-event', pipeline };
  return [
    event === runEvent ? { ...end, runState: 'Completed' } : end,
    ...(progress === undefined ? [] : stages),
    ...(progress === 'jobs' ? [jobs] : []),
  ];
}

/** The first of them keeps the id that it had when it was the only one. */
export const hookIdOf = ({ tellsOf, pipeline: { suffix } }: NetTarget): string =>
  `azure/service-hook/net${tellsOf === 'end' ? '' : `-${tellsOf}`}${suffix}`;

export const publisherOfNet = ({ event }: NetTarget): string =>
  event === 'build.complete' ? 'tfs' : 'pipelines';

/** The filters that limit it to its pipeline: who can name a run of another one tells Port nothing. */
export async function filtersOf({ event, runState, pipeline }: NetTarget): Promise<Inputs> {
  const { id, name } = await pipeline.get();
  if (event === 'build.complete') return { definitionName: name };
  return { pipelineId: String(id), ...(runState !== undefined && { runStateId: runState }) };
}
