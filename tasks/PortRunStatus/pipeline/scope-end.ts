import { readPipelineContext } from '../../common/agent/pipeline-context.ts';
import { type TimelineAnswer, readTimeline } from '../../common/azure-devops/timeline.ts';
import type { TaskContext } from '../../common/main.ts';
import type { RunStatusInputs } from '../inputs.ts';
import type { PipelineResult, Verdict } from '../status.ts';
import { type Failure, findFailures } from './failure-details.ts';
import { pipelineState } from './pipeline-result.ts';

export interface ScopeEnd {
  /** Undefined while other stages or jobs may still change it. A failure stays one, whatever comes. */
  readonly end: PipelineResult | undefined;
  /** Whether other jobs of this job's stage are still to come or still run. */
  readonly isStageOpen: boolean;
}

/** The result of the scope: this job's own, or the pipeline's as its timeline tells it; the own where that cannot be read. */
export async function endInScope(
  context: TaskContext,
  inputs: RunStatusInputs,
  own: PipelineResult,
): Promise<ScopeEnd> {
  if (inputs.scope === 'job') return { end: own, isStageOpen: false };
  const { host } = context;
  const answer = await timelineReader(context, inputs).read();
  if ('problem' in answer) {
    host.warning(
      `The result of the other stages and jobs cannot be read: ${answer.problem}. This job's own result counts.`,
    );
    return { end: own, isStageOpen: false };
  }
  const { result, unfinished, isStageOpen } = pipelineState(
    answer.records,
    host.variable('System.JobId'),
    own,
  );
  if (unfinished.length === 0 || result === 'failed' || result === 'canceled')
    return { end: result, isStageOpen };
  host.info(
    `The run stays open: still to come or running are ${unfinished.slice(0, 5).join(', ')}${unfinished.length > 5 ? ' …' : ''}. The last of them has to report its end, or it stays open.`,
  );
  return { end: undefined, isStageOpen };
}

/** The agent sends a step's result to the timeline a moment after the step: so many looks for a failed one, a second apart. */
const looksForFailure = 4;

/** Time for one read of the timeline, in ms; two silent ones leave at least half of the step's time to the report. */
const longestPatience = 10_000;

export interface TimelineReader {
  read(): Promise<TimelineAnswer>;
  /**
   * What failed in the scope, where the verdict is a failure and details are wanted; empty, with one line in the log, where the
   * timeline cannot be read.
   */
  failures(verdict: Verdict | undefined, own: PipelineResult | undefined): Promise<readonly Failure[]>;
}

export function timelineReader(
  context: TaskContext,
  { budget, scope, areFailureDetailsWanted }: RunStatusInputs,
): TimelineReader {
  const { host, clock, signal } = context;
  const runUrl = readPipelineContext(host).url;
  const patience = Math.min(longestPatience, budget / 4);
  return {
    read: () => readTimeline(context, patience),
    async failures(verdict, own) {
      if (verdict?.result !== 'failure' || !areFailureDetailsWanted) return [];
      for (let look = 1; ; look++) {
        const answer = await readTimeline(context, patience);
        if ('problem' in answer) {
          host.info(`What failed cannot be told in detail: ${answer.problem}.`);
          return [];
        }
        const failures = findFailures(
          answer.records,
          runUrl,
          scope === 'job' ? host.variable('System.JobId') : undefined,
        );
        if (failures.length > 0 || own !== 'failed' || look === looksForFailure) return failures;
        await clock.sleep(1000, signal);
      }
    },
  };
}
