import type { PipelineResult } from '../../common/agent/pipeline-result.ts';
import type { TaskContext } from '../../common/main.ts';
import type { RunStatusInputs } from '../inputs.ts';
import type { Verdict } from '../status.ts';
import { type Failures, readFailures } from './find-failures.ts';
import { pipelineState } from './pipeline-result.ts';
import { mainPartOf } from './records.ts';
import { TimelineLooks } from './timeline-looks.ts';

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
  /** What failed in the scope, where the verdict is a failure. */
  failures(verdict: Verdict | undefined, own: PipelineResult | undefined): Promise<Failures>;
  /** Whether the main part of this step ran and failed: Azure DevOps saw it do so, where it could leave no word itself. */
  didMainPartFail(): Promise<boolean | 'unknown'>;
}

export function viewPipeline(context: TaskContext, inputs: RunStatusInputs): PipelineView {
  const { host } = context;
  const jobId = host.variable('System.JobId');
  const looks = new TimelineLooks(context, inputs.budget);
  return {
    async end(own) {
      if (inputs.scope === 'job') return { end: own, isStageOpen: false };
      const answer = await looks.look();
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
      if (verdict?.result !== 'failure') return { told: [], data: undefined };
      return readFailures(context, inputs, { looks, own });
    },
    async didMainPartFail() {
      const answer = await looks.look();
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
