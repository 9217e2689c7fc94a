import { readPipelineContext } from '../common/agent/pipeline-context.ts';
import { isOutage, messageOf } from '../common/errors.ts';
import { type RunId, runIdVariable } from '../common/inputs/run-id.ts';
import type { TaskContext } from '../common/main.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { findRunByExternalId } from '../common/port/runs/run.ts';
import { withPort } from '../common/port/session.ts';
import type { RunStatusInputs } from './inputs.ts';

/** Most runs of a pipeline may have nothing to do with Port: the search takes no more of their time than this, in ms. */
const searchBudget = 10_000;

/** `none`: Port knows no such run. `unreachable`: Port could not be asked. */
export type FoundRun =
  | { readonly kind: 'found'; readonly runId: RunId }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreachable' };

/**
 * The run that the inputs name, else the one that has this pipeline run as its external id. Where Port cannot be reached, that is a
 * warning and not a failure, unless a run id is demanded: the pipeline may have nothing to do with Port.
 */
export async function findRun(context: TaskContext, inputs: RunStatusInputs): Promise<FoundRun> {
  if (inputs.runId !== undefined) return { kind: 'found', runId: inputs.runId };
  const externalRunId = inputs.externalRunId ?? readPipelineContext(context.host).externalRunId;
  if (externalRunId === undefined) return { kind: 'none' };
  const budget = Math.min(inputs.budget, searchBudget);
  try {
    return await withPort(context, { ...inputs, budget }, (port) => search(context, port, externalRunId));
  } catch (error) {
    if (inputs.ifNoRunId === 'fail' || !isOutage(error)) throw error;
    context.host.warning(`Whether Port started this pipeline cannot be told. ${messageOf(error)}`);
    return { kind: 'unreachable' };
  }
}

/**
 * Port's own integration sets the external id just after it has queued the pipeline, which it does through the API: such a run
 * has the reason Manual, and gets a second look.
 */
async function search(
  { host, clock, signal }: TaskContext,
  port: PortClient,
  externalRunId: string,
): Promise<FoundRun> {
  const looks = host.variable('Build.Reason') === 'Manual' ? 2 : 1;
  for (let look = 1; look <= looks; look++) {
    if (look > 1) await clock.sleep(2000, signal);
    const found = await findRunByExternalId(port, externalRunId);
    if (found !== undefined) return { kind: 'found', runId: { kind: 'action', id: found.id } };
  }
  return { kind: 'none' };
}

/**
 * Whether this step is the first of the pipeline run to report: it is in the only job at its first attempt, no step before it has left
 * the run id, and Port's own integration, which gives its runs a link, has not started the pipeline.
 */
export function isFirstToReport({ host }: Pick<TaskContext, 'host'>, inputs: RunStatusInputs): boolean {
  const isOnly = (variable: string, name: string) => [undefined, '', name].includes(host.variable(variable));
  return (
    inputs.runId !== undefined &&
    !host.hasVariable(runIdVariable) &&
    isOnly('System.StageName', '__default') &&
    isOnly('System.PhaseName', 'Job') &&
    isOnly('System.StageAttempt', '1') &&
    isOnly('System.JobAttempt', '1')
  );
}
