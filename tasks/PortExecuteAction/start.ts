import {
  CanceledError,
  NetworkError,
  PortApiError,
  TaskError,
  UnexpectedAnswerError,
} from '../common/errors.ts';
import type { TaskContext } from '../common/main.ts';
import type { PortClient } from '../common/port/client.ts';
import type { Run } from '../common/port/runs.ts';
import { findStartedRuns, getUserInputs, startRun, type NewRun } from '../common/port/start-run.ts';
import { typedValue } from '../common/port/typed-values.ts';
import { withPort } from '../common/session.ts';
import { setOwn, type Structured, type StructuredMap } from '../common/structured-text.ts';
import { oneLine } from '../common/text.ts';
import type { ActionInputs } from './inputs.ts';
import { warnOfSecrets } from './secrets.ts';

/** How often the start is sent where Port answers 503, which says that nothing took it. */
const mostStarts = 3;

/** Starts the run, once: where the answer was lost, the run is looked for, and not started a second time. */
export async function startOnce(context: TaskContext, inputs: ActionInputs): Promise<Run> {
  for (let starts = 1; ; starts++) {
    const tried = await tryStart(context, inputs);
    if (!('lost' in tried)) return tried;
    const found = await findLostRun(context, inputs, tried.lost);
    if (found !== undefined) return found;
    if (!isUnavailable(tried.lost.error))
      throw uncertain(inputs, 'Port shows no run of it from this time.', tried.lost);
    if (starts === mostStarts) throw tried.lost.error;
    context.host.info('Port has started no run; trying again.');
  }
}

interface LostStart {
  readonly newRun: NewRun;
  /** By the agent's clock, in ms. */
  readonly started: number;
  readonly error: unknown;
}

async function tryStart(context: TaskContext, inputs: ActionInputs): Promise<Run | { lost: LostStart }> {
  const { action, entity, runAs } = inputs;
  return withPort(context, inputs, async (port) => {
    // The look at the action also signs in, so that whatever fails after it is the start itself.
    const properties = typedProperties(inputs.properties, await getUserInputs(port, action));
    warnOfSecrets(context.host, properties);
    const newRun = { action, entity, runAs, properties };
    const started = context.clock.now();
    try {
      return await startRun(port, newRun);
    } catch (error) {
      if (error instanceof CanceledError) {
        context.host.info(
          `Canceled while action ${oneLine(action)} was being started. Look in Port whether it has: a run of it goes on.`,
        );
      }
      if (!wasMaybeStarted(error)) throw error;
      return { lost: { newRun, started, error } };
    }
  });
}

function typedProperties(
  properties: StructuredMap,
  schemas: Readonly<Record<string, unknown>>,
): Readonly<Record<string, Structured>> {
  const result: Record<string, Structured> = {};
  for (const [name, value] of Object.entries(properties)) {
    setOwn(result, name, typedValue(value, Object.hasOwn(schemas, name) ? schemas[name] : undefined));
  }
  return result;
}

/** Whether Port may have started the run although the call ended with this error. */
function wasMaybeStarted(error: unknown): boolean {
  if (error instanceof NetworkError) return error.mayHaveArrived;
  if (error instanceof PortApiError) return error.status >= 500 || error.status === 408;
  return error instanceof UnexpectedAnswerError;
}

function isUnavailable(error: unknown): boolean {
  return error instanceof PortApiError && error.status === 503;
}

/** Waits before the looks for a run whose start was not answered, in ms: Port may still be at work on it. */
const waitsBeforeLooks = [1000, 2000, 4000, 8000];

/** How far the clocks of agent and Port may differ, in ms. */
const clockDifference = 10_000;

/**
 * @returns undefined where Port shows no run that it could be.
 * @throws TaskError where Port cannot be asked, or shows several.
 */
async function findLostRun(
  context: TaskContext,
  inputs: ActionInputs,
  lost: LostStart,
): Promise<Run | undefined> {
  const { host } = context;
  const reason = lost.error instanceof Error ? lost.error.message : String(lost.error);
  host.info(`${reason} The run may have started all the same; looking for it in Port.`);
  const found = await look(context, inputs, lost).catch((error: unknown) => {
    if (error instanceof CanceledError) throw error;
    const words = error instanceof Error ? error.message : String(error);
    throw uncertain(inputs, `The look for it failed too: ${words}`, lost);
  });
  const [run, ...others] = found;
  if (others.length > 0) {
    const ids = found.map(({ id }) => oneLine(id, 60)).join(', ');
    throw uncertain(inputs, `Port shows ${found.length} runs from this time that it could be: ${ids}.`, lost);
  }
  if (run !== undefined) host.info(`Found run ${run.id}: the start had arrived.`);
  return run;
}

function look(
  context: TaskContext,
  inputs: ActionInputs,
  { newRun, started }: LostStart,
): Promise<readonly Run[]> {
  const { clock, signal } = context;
  const lookOnce = (port: PortClient) => findStartedRuns(port, newRun, started - clockDifference);
  return withPort(context, inputs, async (port) => {
    for (const wait of waitsBeforeLooks) {
      await clock.sleep(wait, signal);
      const found = await lookOnce(port);
      if (found.length > 0) return found;
    }
    return [];
  });
}

function uncertain({ action }: ActionInputs, what: string, { error }: LostStart): TaskError {
  return new TaskError(
    'PORT_ACTION',
    `It is not known whether action ${oneLine(action)} was started: the answer to the start was lost. ${what} To not start it twice, it was not tried again. Look at the action's runs in Port, and run the step again where there is none.`,
    { cause: error },
  );
}
