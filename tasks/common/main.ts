import { createAgentHost } from './agent/agent-host.ts';
import type { Host, StepResult } from './agent/host.ts';
import { type Clock, systemClock } from './clock.ts';
import { CanceledError, type ErrorCode, GateError, TaskError, isOutage, messageOf } from './errors.ts';
import { onStopSignal } from './stop-signals.ts';
import { version } from './version.ts';

/** What a task is given to work with. */
export interface TaskContext {
  readonly host: Host;
  readonly clock: Clock;
  /** Aborted when the agent asks the step to stop. */
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export type Outcome =
  | {
      readonly result: 'Succeeded';
      /** One line: what was done. */
      readonly message: string;
    }
  /** A warning, with the code under which the documentation explains it. */
  | { readonly result: 'SucceededWithIssues'; readonly message: string; readonly code: ErrorCode };

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
  host.debug(`port-azure-pipelines ${version}, Node ${process.version}`);
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
    if (outcome.result === 'SucceededWithIssues')
      return { result: outcome.result, message: withCode(outcome.message, outcome.code) };
    context.host.info(outcome.message);
    return outcome;
  } catch (error) {
    const message = messageWithCode(error, context.host);
    if (error instanceof CanceledError) {
      context.host.info(message);
      return { result: 'Canceled', message };
    }
    const policy = isOutage(error)
      ? (context.host.input('onOutage') ?? onOutage)
      : context.host.input('onError');
    const isWarning = !(error instanceof GateError) && policy?.toLowerCase() === 'warn';
    return { result: isWarning ? 'SucceededWithIssues' : 'Failed', message };
  }
}

function withCode(message: string, code: ErrorCode): string {
  return `${message} [${code}]`;
}

function messageWithCode(error: unknown, host: Host): string {
  if (error instanceof TaskError) return withCode(error.message, error.code);
  // Not one of ours: a defect. The stack goes to the debug log, the message says whom to tell.
  host.debug(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const words = messageOf(error);
  return withCode(
    `Unexpected error in the task itself: ${words}. Please report it, with the log of a run that has the variable System.Debug set to true.`,
    'PORT_UNEXPECTED',
  );
}
