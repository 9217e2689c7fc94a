import { readPipelineContext } from '../../common/agent/pipeline-context.ts';
import type { PipelineResult } from '../../common/agent/pipeline-result.ts';
import { type TimelineAnswer, readTimeline } from '../../common/azure-devops/timeline.ts';
import type { TaskContext } from '../../common/main.ts';
import type { RunStatusInputs } from '../inputs.ts';
import type { Verdict } from '../status.ts';
import { type Failure, findFailures } from './failure-details.ts';
import { pipelineState } from './pipeline-result.ts';
import { mainPartOf } from './records.ts';

export interface ScopeEnd {
  /** Undefined while other stages or jobs may still change it, or where that cannot be told. */
  readonly end: PipelineResult | undefined;
  /** Whether other jobs of this job's stage are still to come or still run. */
  readonly isStageOpen: boolean;
}

/** The pipeline run as its timeline tells it, read at most once for each question that it answers at the first look. */
export interface PipelineView {
  /** The result of the scope: this job's own, or the pipeline's. Only a failure of the own job ends a pipeline that is not over. */
  end(own: PipelineResult): Promise<ScopeEnd>;
  /**
   * What failed in the scope, where the verdict is a failure and details are wanted; empty, with one line in the log, where the
   * timeline cannot be read.
   */
  failures(verdict: Verdict | undefined, own: PipelineResult | undefined): Promise<readonly Failure[]>;
  /** Whether the main part of this step ran and failed: Azure DevOps saw it do so, where it could leave no word itself. */
  didMainPartFail(): Promise<boolean | 'unknown'>;
}

/** The agent sends a step's result to the timeline a moment after the step: so many looks for a failed one, a second apart. */
const looksForFailure = 4;

/** Time for one read of the timeline, in ms. */
const longestPatience = 10_000;

export function viewPipeline(context: TaskContext, inputs: RunStatusInputs): PipelineView {
  const { host, clock, signal } = context;
  const { budget, scope, areFailureDetailsWanted } = inputs;
  const jobId = host.variable('System.JobId');
  const started = clock.elapsed();
  let last: TimelineAnswer | undefined;
  const read = async () => {
    // Half of the step's time is for the report to Port.
    const left = started + budget / 2 - clock.elapsed();
    last = await readTimeline(context, Math.max(1, Math.min(longestPatience, left)));
    return last;
  };
  return {
    async end(own) {
      if (scope === 'job') return { end: own, isStageOpen: false };
      const answer = await read();
      const jobsInPhase = Number(host.variable('System.TotalJobsInPhase') ?? 1);
      const state =
        'problem' in answer
          ? undefined
          : pipelineState(answer.records, { id: jobId, result: own, jobsInPhase: jobsInPhase || 1 });
      const isStageOpen = state?.isStageOpen ?? false;
      if (state?.unfinished.length === 0) return { end: state.result, isStageOpen };
      if (isFailure(own)) return { end: own, isStageOpen };
      host.warning(openWarning('problem' in answer ? answer.problem : (state?.unfinished ?? [])));
      return { end: undefined, isStageOpen };
    },
    async failures(verdict, own) {
      if (verdict?.result !== 'failure' || !areFailureDetailsWanted) return [];
      for (let look = 1; ; look++) {
        const answer = (look === 1 ? last : undefined) ?? (await read());
        if ('problem' in answer) {
          host.info(`What failed cannot be told in detail: ${answer.problem}.`);
          return [];
        }
        const { url } = readPipelineContext(host);
        const failures = findFailures(answer.records, url, scope === 'job' ? jobId : undefined);
        const isLast = look === looksForFailure || clock.elapsed() - started > budget / 2;
        if (failures.length > 0 || own !== 'failed' || isLast) return failures;
        await clock.sleep(1000, signal);
      }
    },
    async didMainPartFail() {
      const answer = await read();
      if ('problem' in answer) return 'unknown';
      const step = {
        id: host.variable('System.TaskInstanceId'),
        refName: host.variable('System.TaskInstanceName'),
      };
      const main = mainPartOf(step, jobId, answer.records);
      if (main === undefined) return 'unknown';
      return main.result !== 'skipped' && main.result !== 'succeeded';
    },
  };
}

function isFailure(result: PipelineResult): boolean {
  return result === 'failed' || result === 'canceled' || result === 'abandoned';
}

/** @param why what is unfinished, or why that cannot be told. */
function openWarning(why: string | readonly string[]): string {
  if (typeof why === 'string') {
    return `The run stays open: whether other stages and jobs are still to come cannot be told (${why}). See that the last job of the pipeline has this step too, or end the run in Port.`;
  }
  const names = `${why.slice(0, 5).join(', ')}${why.length > 5 ? ' …' : ''}`;
  return `The run stays open: still to come or running are ${names}. The last of them has to report its end, or it stays open.`;
}
