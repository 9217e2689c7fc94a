import { UnexpectedAnswerError, isOutage } from '../common/errors.ts';
import type { TaskContext } from '../common/main.ts';
import type { Budget } from '../common/port/client/budget.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { type Run, getRun, isFinished } from '../common/port/runs/run.ts';
import { withPort } from '../common/port/session.ts';
import { cut, plainText } from '../common/text/plain-text.ts';
import type { ActionInputs, WaitTimes } from './inputs.ts';
import { LogReader } from './log-reader.ts';

/** Characters of a log entry that are shown. */
const longestEntry = 10_000;

export interface WaitOptions {
  /** How the run was when it was started. */
  readonly started: Run;
  readonly wait: WaitTimes;
  /** Called at each change of status or label. */
  readonly onChange: (run: Run) => void;
}

/**
 * Shows the run's new log entries, once each, and its changes until it is finished. While Port cannot be resultUnlessPassing the wait goes on.
 * @returns the run at its end; undefined where the time ran out before.
 */
export function waitForEnd(
  context: TaskContext,
  inputs: ActionInputs,
  options: WaitOptions,
): Promise<Run | undefined> {
  return withPort(context, inputs, (port, budget) => poll(context, { port, budget }, options));
}

async function poll(
  { host, clock, signal }: TaskContext,
  { port, budget }: { port: PortClient; budget: Budget },
  { started, wait, onChange }: WaitOptions,
): Promise<Run | undefined> {
  const deadline = clock.elapsed() + wait.timeout;
  const logs = new LogReader(port, started.id);
  let last = started;
  let isReachable = true;
  for (let polls = 1; ; polls++) {
    budget.renew();
    const run = await resultUnlessPassing(
      () => getRun(port, started.id),
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
        () => logs.next(),
        (reason) => host.info(reason),
      );
      for (const { message } of fresh ?? []) host.info(indented(message));
      if (run.status !== last.status || run.statusLabel !== last.statusLabel) onChange(run);
      last = run;
      if (isFinished(run)) return run;
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

function indented(message: string): string {
  return cut(plainText(message), longestEntry, '').trimEnd().replace(/^/gm, '  ');
}
