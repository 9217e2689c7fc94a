import { PortApiError, messageOf } from '../common/errors.ts';
import type { TaskContext } from '../common/main.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { withPort } from '../common/port/session.ts';
import { oneLine } from '../common/text/plain-text.ts';
import { type LostStart, clockDifference, firstFound } from './find-lost-run.ts';
import { statusText } from './run-text.ts';
import type { Execution, StartedRun } from './startable.ts';

/** Time for what is told to Port after the agent has asked the step to stop, in ms: with that for an answer less than the 10 s to its kill. */
const grace = 6000;

const uncertain =
  'the answer to the start was lost, and runs of others can have the same inputs. Cancel it in Port if it is yours:';

/** Waits before the looks for a run whose start was cut off, in ms. */
const waitsAfterCut = [500, 1500];

/**
 * Cancels the run of a job that was cancelled, where Port can and the run is certain to be the step's own, and says what became of it.
 * @returns how it stands then, if known.
 */
export async function cancelRun(
  context: TaskContext,
  execution: Execution,
  run: StartedRun,
): Promise<StartedRun | undefined> {
  const { host } = context;
  const { startable } = execution;
  const url = startable.pageOf(run.id);
  if (startable.cancel === undefined) {
    host.info(`Stopped waiting; the run goes on in Port: ${url}`);
    return undefined;
  }
  if (run.isFound === true) {
    host.info(`Stopped waiting. Run ${oneLine(run.id)} was not cancelled: ${uncertain} ${url}`);
    return undefined;
  }
  try {
    return await withinGrace(context, execution, (port) => cancel({ context, execution, port }, run));
  } catch (error) {
    host.info(`The run may go on in Port. ${messageOf(error)} Cancel it there: ${url}`);
    return undefined;
  }
}

/** Says of a start whose answer is not known that its run may go on, and which runs in Port it could be, where a person can cancel them. */
export async function tellCutStart(
  context: TaskContext,
  execution: Execution,
  lost: LostStart,
): Promise<void> {
  const { host, clock } = context;
  const { startable } = execution;
  const { signal } = new AbortController();
  const sleep = (wait: number) => clock.sleep(wait, signal);
  const find = (port: PortClient) =>
    firstFound(waitsAfterCut, sleep, () =>
      startable.findStarted(port, lost.values, lost.started - clockDifference),
    );
  const found =
    startable.cancel === undefined
      ? []
      : await withinGrace(context, execution, find).catch((error: unknown) => {
          host.info(messageOf(error));
          return [];
        });
  const where =
    found.length === 0
      ? 'Look in Port whether it has: a run of it goes on.'
      : `No run was cancelled: ${uncertain} ${found.map(({ id }) => startable.pageOf(id)).join(', ')}`;
  host.info(`Canceled while ${startable.name} was being started. ${where}`);
}

interface Cancelling {
  readonly context: TaskContext;
  readonly execution: Execution;
  readonly port: PortClient;
}

async function cancel(
  { context: { host }, execution: { startable }, port }: Cancelling,
  { id }: StartedRun,
): Promise<StartedRun | undefined> {
  const isRefused = await startable.cancel?.(port, id).then(() => false, isRefusal);
  const what = isRefused === true ? 'was not cancelled: Port refuses it' : 'was cancelled with the job';
  const url = startable.pageOf(id);
  try {
    const last = await startable.getRun(port, id);
    const isTooLate = isRefused === true && last.isFinished;
    const rest = last.isFinished ? '' : ', and ends when the node that runs has ended';
    host.info(
      `Run ${oneLine(id)} ${isTooLate ? 'had ended before it could be cancelled' : what}. It is ${statusText(last)}${rest}: ${url}`,
    );
    return last;
  } catch (error) {
    host.info(`Run ${oneLine(id)} ${what}. How it stands is not known: ${messageOf(error)} See ${url}`);
    return undefined;
  }
}

/** Talks to Port although the step has been asked to stop. */
function withinGrace<T>(
  context: TaskContext,
  { inputs }: Execution,
  action: (port: PortClient) => Promise<T>,
): Promise<T> {
  const { signal } = new AbortController();
  const budget = Math.min(inputs.budget, grace);
  return withPort({ ...context, signal }, { ...inputs, budget }, action);
}

/** Port refuses to cancel what has ended (422). @throws every other error. */
function isRefusal(error: unknown): true {
  if (error instanceof PortApiError && error.status === 422) return true;
  throw error;
}
