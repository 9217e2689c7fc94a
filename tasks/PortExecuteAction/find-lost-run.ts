import { CanceledError, PortApiError, TaskError, messageOf } from '../common/errors.ts';
import type { TaskContext } from '../common/main.ts';
import { withPort } from '../common/port/session.ts';
import { oneLine } from '../common/text/plain-text.ts';
import type { Execution, StartedRun, Values } from './startable.ts';

/** A start of which it is not known whether Port has it. */
export interface LostStart {
  readonly values: Values;
  /** By the agent's clock, in ms. */
  readonly started: number;
  readonly error: unknown;
}

/** Waits before the searches for a run whose start was not answered, in ms: Port may still be at work on it. */
const waitsAfterSilence = [1000, 2000, 4000, 8000];

/** After an answer nobody is at work on the start any more: what came of it is to be seen at once. */
const waitsAfterAnswer = [500, 1500];

/**
 * An answer that came whole, whoever gave it, says that the work on the start is over, or never began. It does not where it is a
 * gateway's timeout (408, 504), or a success that cannot be read: the gateway may have given up before Port did.
 */
function waitsBeforeSearches(error: unknown): readonly number[] {
  const isOver = error instanceof PortApiError && ![408, 504].includes(error.status);
  return isOver ? waitsAfterAnswer : waitsAfterSilence;
}

/** How far the clocks of agent and Port may differ, in ms. */
export const clockDifference = 10_000;

/**
 * @returns undefined where Port shows no run that it could be.
 * @throws TaskError where Port cannot be reached, or shows several.
 */
export async function findLostRun(
  context: TaskContext,
  execution: Execution,
  lost: LostStart,
): Promise<StartedRun | undefined> {
  const { host } = context;
  host.info(`${messageOf(lost.error)} The run may have started all the same; looking for it in Port.`);
  const found = await searchForRun(context, execution, lost).catch((error: unknown) => {
    if (error instanceof CanceledError) throw error;
    throw uncertainStartError(execution, lost, `The look for it failed too: ${messageOf(error)}`);
  });
  const [run, ...others] = found;
  if (others.length > 0) {
    const ids = found.map(({ id }) => oneLine(id, 60)).join(', ');
    throw uncertainStartError(
      execution,
      lost,
      `Port shows ${found.length} runs from this time that it could be: ${ids}.`,
    );
  }
  if (run !== undefined) host.info(`Found run ${run.id}: the start had arrived.`);
  return run;
}

function searchForRun(
  context: TaskContext,
  { inputs, startable }: Execution,
  { values, started, error }: LostStart,
): Promise<readonly StartedRun[]> {
  const { clock, signal } = context;
  const end = clock.elapsed() + inputs.budget;
  // A search that has no time left would find less than the ones before it.
  const sleep = (wait: number) => clock.sleep(Math.min(wait, Math.max(0, end - clock.elapsed()) / 2), signal);
  return withPort(context, inputs, (port) =>
    firstFound(waitsBeforeSearches(error), sleep, () =>
      startable.findStarted(port, values, started - clockDifference),
    ),
  );
}

/** Searches after each of the waits, in ms, until there is something. */
export async function firstFound(
  waits: readonly number[],
  sleep: (ms: number) => Promise<void>,
  search: () => Promise<readonly StartedRun[]>,
): Promise<readonly StartedRun[]> {
  for (const wait of waits) {
    await sleep(wait);
    const found = await search();
    if (found.length > 0) return found;
  }
  return [];
}

export function uncertainStartError(
  { startable, inputs }: Execution,
  { error }: LostStart,
  what: string,
): TaskError {
  return new TaskError(
    'PORT_ACTION',
    `It is not known whether ${startable.name} was started: the answer to the start was lost. ${what} To not start it twice, it was not tried again. Look at the ${inputs.kind}'s runs in Port, and run the step again where there is none.`,
    { cause: error },
  );
}
