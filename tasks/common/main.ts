import { createAgentHost } from './agent/agent-host.ts';
import type { Host, StepResult } from './agent/host.ts';
import { type Clock, systemClock } from './clock.ts';
import { CanceledError, GateError, TaskError, isOutage, messageOf } from './errors.ts';
import { onStopSignal } from './stop-signals.ts';

/** What a task is given to work with. */
export interface TaskContext {
  readonly host: Host;
  readonly clock: Clock;
  /** Aborted when the agent asks the step to stop. */
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface Outcome {
  readonly result: 'Succeeded' | 'SucceededWithIssues';
  /** One line: what was done. */
  readonly message: string;
}

/** Whether a step that cannot do its work fails, or succeeds with issues. */
export type OnError = 'fail' | 'warn';

export type TaskRun = (context: TaskContext) => Promise<Outcome>;

/** Time for what is still open when the step has ended, in ms. */
const graceAtEnd = 300;

/**
 * Runs a task and sets its result, exactly once. The exit code stays 0: a failed result and a failing exit code together
 * would make a retried step fail even when its second attempt succeeds.
 * @param onOutage what input `onOutage` is where it is empty.
 */
export async function main(run: TaskRun, onOutage: OnError = 'fail'): Promise<void> {
  const host = createAgentHost();
  const stop = new AbortController();
  onStopSignal(() => stop.abort());
  const { result, message } = await resultOf(
    run,
    { host, clock: systemClock, signal: stop.signal, environment: process.env },
    onOutage,
  );
  host.complete(result, message);
  // Does not keep the process alive; ends it where something else does, such as a look-up of a name, which cannot be stopped.
  setTimeout(() => process.stdout.write('', () => process.exit(0)), graceAtEnd).unref();
}

/** What the step ends with: an outage becomes what `onOutage` says, every other error what `onError` says, but for a gate's verdict. */
export async function resultOf(
  run: TaskRun,
  context: TaskContext,
  onOutage: OnError = 'fail',
): Promise<{ result: StepResult; message: string }> {
  try {
    const outcome = await run(context);
    if (outcome.result === 'Succeeded') context.host.info(outcome.message);
    return outcome;
  } catch (error) {
    if (error instanceof CanceledError) {
      context.host.info(error.message);
      return { result: 'Canceled', message: error.message };
    }
    const policy = isOutage(error)
      ? (context.host.input('onOutage') ?? onOutage)
      : context.host.input('onError');
    const isWarning = !(error instanceof GateError) && policy?.toLowerCase() === 'warn';
    return {
      result: isWarning ? 'SucceededWithIssues' : 'Failed',
      message: resultMessage(error, context.host),
    };
  }
}

function resultMessage(error: unknown, host: Host): string {
  if (error instanceof TaskError) return `${error.message} [${error.code}]`;
  // Not one of ours: a defect. The stack goes to the debug log, the message says whom to tell.
  host.debug(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const words = messageOf(error);
  return `Unexpected error in the task itself: ${words}. Please report it, with the log of a run that has the variable System.Debug set to true.`;
}
