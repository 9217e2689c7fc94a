import { CanceledError, PortApiError, mayHaveBeenDone } from '../common/errors.ts';
import type { TaskContext } from '../common/main.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { withPort } from '../common/port/session.ts';
import { oneLine } from '../common/text/plain-text.ts';
import { cancelRun, tellCutStart } from './cancel-run.ts';
import { type LostStart, findLostRun, uncertainStartError } from './find-lost-run.ts';
import type { EarlierTry, RetryState } from './retry-state.ts';
import { warnOfSecrets } from './secret-warning.ts';
import type { Execution, StartedRun, Values } from './startable.ts';

/** How often the start is sent where Port answers 503, which says that nothing took it. */
const mostStarts = 3;

/** Starts the run, once: where the answer was lost, the run is looked for, and not started a second time. */
export async function startOnce(
  context: TaskContext,
  execution: Execution,
  retryState: RetryState,
): Promise<StartedRun> {
  const { clock, host } = context;
  const end = clock.elapsed() + execution.inputs.budget;
  let earlier = retryState.load();
  // Once a start may have arrived, its run may appear late: every later look goes back to it.
  let since = earlier?.unansweredSince;
  for (let starts = 1; ; starts++) {
    const attempt = await tryStart(context, execution, { retryState, earlier, since });
    if (!('lost' in attempt)) return attempt;
    const { lost } = attempt;
    const found = await findOrTell(context, execution, lost);
    if (found !== undefined) return found;
    if (!isUnavailable(lost.error))
      throw uncertainStartError(execution, lost, 'Port shows no run of it from this time.');
    retryState.clear();
    if (starts === mostStarts || clock.elapsed() >= end) throw lost.error;
    host.info('Port has started no run; trying again.');
    earlier = undefined;
    since = lost.started;
  }
}

interface Memory {
  readonly retryState: RetryState;
  /** What the try of the step before this one left. */
  readonly earlier: EarlierTry | undefined;
  /** When the first start was sent that may have arrived. */
  readonly since: number | undefined;
}

async function tryStart(
  context: TaskContext,
  execution: Execution,
  memory: Memory,
): Promise<StartedRun | { lost: LostStart }> {
  const { inputs, startable } = execution;
  const { earlier } = memory;
  return withPort(context, inputs, async (port) => {
    if (earlier?.runId !== undefined) {
      const run = await startable.getRun(port, earlier.runId);
      if (!run.isFinished || run.status === 'SUCCESS') {
        context.host.info(
          `The try of this step before this one has started run ${oneLine(run.id)}; going on with it.`,
        );
        return { ...run, isFound: earlier.isFound };
      }
    }
    // Reading the definition also signs in, so that whatever fails after it is the start itself.
    const values = await startable.typedInputs(port, inputs.properties);
    if (earlier?.unansweredSince !== undefined) {
      const error = new Error('An earlier try of this step got no answer to its start.');
      const run = await findOrTell(context, execution, { values, started: earlier.unansweredSince, error });
      if (run !== undefined) return run;
    }
    warnOfSecrets(context.host, inputs, values);
    return send(context, execution, { port, values, memory });
  });
}

interface Start {
  readonly port: PortClient;
  readonly values: Values;
  readonly memory: Memory;
}

/** What is remembered before the start is sent holds also where the step is killed before its answer. */
async function send(
  context: TaskContext,
  execution: Execution,
  { port, values, memory: { retryState, since } }: Start,
): Promise<StartedRun | { lost: LostStart }> {
  const started = since ?? context.clock.now();
  await retryState.save({ unansweredSince: started });
  try {
    const run = await execution.startable.start(port, values);
    if (!context.signal.aborted) return run;
    await cancelRun(context, execution, run);
  } catch (error) {
    const lost = { values, started, error };
    if (error instanceof CanceledError) {
      await tellCutStart(context, execution, lost);
      throw error;
    }
    if (mayHaveBeenDone(error)) return { lost };
    if (since === undefined) retryState.clear();
    throw error;
  }
  throw new CanceledError();
}

/** When the job is cancelled meanwhile, the run may go on as well as one whose start was cut off. */
async function findOrTell(
  context: TaskContext,
  execution: Execution,
  lost: LostStart,
): Promise<StartedRun | undefined> {
  try {
    const run = await findLostRun(context, execution, lost);
    return run && { ...run, isFound: true };
  } catch (error) {
    if (error instanceof CanceledError) await tellCutStart(context, execution, lost);
    throw error;
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof PortApiError && error.status === 503;
}
