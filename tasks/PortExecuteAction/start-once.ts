import { CanceledError, PortApiError, mayHaveBeenDone } from '../common/errors.ts';
import type { TaskContext } from '../common/main.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { type Run, getRun, isFinished } from '../common/port/runs/run.ts';
import { type NewRun, getUserInputs, startRun } from '../common/port/runs/start-run.ts';
import { withPort } from '../common/port/session.ts';
import { typedMap } from '../common/structured-text/typed-values.ts';
import { oneLine } from '../common/text/plain-text.ts';
import { type LostStart, findLostRun, uncertainStartError } from './find-lost-run.ts';
import type { ActionInputs } from './inputs.ts';
import type { EarlierTry, RetryState } from './retry-state.ts';
import { warnOfSecrets } from './secret-warning.ts';

/** How often the start is sent where Port answers 503, which says that nothing took it. */
const mostStarts = 3;

/** Starts the run, once: where the answer was lost, the run is looked for, and not started a second time. */
export async function startOnce(
  context: TaskContext,
  inputs: ActionInputs,
  retryState: RetryState,
): Promise<Run> {
  const { clock, host } = context;
  const end = clock.elapsed() + inputs.budget;
  let earlier = retryState.load();
  // Once a start may have arrived, its run may appear late: every later look goes back to it.
  let since = earlier?.unansweredSince;
  for (let starts = 1; ; starts++) {
    const attempt = await tryStart(context, inputs, { retryState, earlier, since });
    if (!('lost' in attempt)) return attempt;
    const { lost } = attempt;
    const found = await findLostRun(context, inputs, lost);
    if (found !== undefined) return found;
    if (!isUnavailable(lost.error))
      throw uncertainStartError(lost, 'Port shows no run of it from this time.');
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
  inputs: ActionInputs,
  memory: Memory,
): Promise<Run | { lost: LostStart }> {
  const { action, entity, runAs } = inputs;
  const { earlier } = memory;
  return withPort(context, inputs, async (port) => {
    if (earlier?.runId !== undefined) {
      const run = await getRun(port, earlier.runId);
      if (!isFinished(run) || run.status === 'SUCCESS') {
        context.host.info(
          `The try of this step before this one has started run ${oneLine(run.id)}; going on with it.`,
        );
        return run;
      }
    }
    // Reading the action also signs in, so that whatever fails after it is the start itself.
    const properties = typedMap(inputs.properties, { properties: await getUserInputs(port, action) });
    const newRun = { action, entity, runAs, properties };
    if (earlier?.unansweredSince !== undefined) {
      const error = new Error('An earlier try of this step got no answer to its start.');
      const run = await findLostRun(context, inputs, { newRun, started: earlier.unansweredSince, error });
      if (run !== undefined) return run;
    }
    warnOfSecrets(context.host, newRun);
    return send(context, port, { newRun, memory });
  });
}

/** What is remembered before the start is sent holds also where the step is killed before its answer. */
async function send(
  { host, clock }: TaskContext,
  port: PortClient,
  { newRun, memory: { retryState, since } }: { newRun: NewRun; memory: Memory },
): Promise<Run | { lost: LostStart }> {
  const started = since ?? clock.now();
  await retryState.save({ unansweredSince: started });
  try {
    return await startRun(port, newRun);
  } catch (error) {
    if (error instanceof CanceledError) {
      host.info(
        `Canceled while action ${oneLine(newRun.action)} was being started. Look in Port whether it has: a run of it goes on.`,
      );
      throw error;
    }
    if (mayHaveBeenDone(error)) return { lost: { newRun, started, error } };
    if (since === undefined) retryState.clear();
    throw error;
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof PortApiError && error.status === 503;
}
