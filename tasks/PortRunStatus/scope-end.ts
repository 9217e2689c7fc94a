import type { TaskContext } from '../common/main.ts';
import { timelineReader } from './compose.ts';
import type { RunStatusInputs } from './inputs.ts';
import { pipelineState } from './pipeline-result.ts';
import type { PipelineResult } from './status.ts';

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
