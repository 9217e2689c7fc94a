import { UnexpectedAnswerError, isOutage } from '../common/errors.ts';
import type { TaskContext } from '../common/main.ts';
import type { Budget } from '../common/port/client/budget.ts';
import { withPort } from '../common/port/session.ts';
import type { WaitTimes } from './inputs.ts';
import type { Execution, Follower, StartedRun } from './startable.ts';

export interface WaitOptions {
  /** How the run was when it was started. */
  readonly started: StartedRun;
  readonly wait: WaitTimes;
  /** Called at each change of status or label. */
  readonly onChange: (run: StartedRun) => void;
}

/**
 * Shows what is new in the run, once, and its changes until it is finished. While Port cannot be reached the wait goes on.
 * @returns the run at its end; undefined where the time ran out before.
 */
export function waitForEnd(
  context: TaskContext,
  { inputs, startable }: Execution,
  options: WaitOptions,
): Promise<StartedRun | undefined> {
  return withPort(context, inputs, (port, budget) =>
    poll(context, { follower: startable.follow(port, options.started.id), budget }, options),
  );
}

async function poll(
  { host, clock, signal }: TaskContext,
  { follower, budget }: { follower: Follower; budget: Budget },
  { started, wait, onChange }: WaitOptions,
): Promise<StartedRun | undefined> {
  const deadline = clock.elapsed() + wait.timeout;
  let last = started;
  let isReachable = true;
  for (let polls = 1; ; polls++) {
    budget.renew();
    const run = await resultUnlessPassing(
      () => follower.look(),
      (reason) => {
        if (isReachable) host.info(`${reason} The wait goes on.`);
        isReachable = false;
      },
    );
    if (run !== undefined) {
      isReachable = true;
      budget.renew();
      // After the run: what was logged before its end is then there.
      const fresh = await resultUnlessPassing(
        () => follower.news(),
        (reason) => host.info(reason),
      );
      for (const line of fresh ?? []) host.info(line);
      if (run.status !== last.status || run.statusLabel !== last.statusLabel) onChange(run);
      last = run;
      if (run.isFinished) return run;
    }
    const left = deadline - clock.elapsed();
    if (left <= 0) return undefined;
    await clock.sleep(Math.min(left, wait.interval, 1000 * 2 ** polls), signal);
  }
}

/** The result of a call; undefined where it failed in a way that passes, with the reason to `onFailure`. */
async function resultUnlessPassing<T>(
  call: () => Promise<T>,
  onFailure: (reason: string) => void,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Error) || !isPassing(error)) throw error;
    onFailure(error.message);
    return undefined;
  }
}

/** Port has answered before: a page in its place, which is no outage, may pass as well. */
function isPassing(error: Error): boolean {
  return isOutage(error) || error instanceof UnexpectedAnswerError;
}
