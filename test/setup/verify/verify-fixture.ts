import { join } from 'node:path';
import type { Output } from '../../../setup/output.ts';
import { type Answered, askAll } from '../../../setup/verify/ask.ts';
import type { LabClock } from '../../../setup/verify/lab.ts';
import { type Labs, withLabs } from '../../../setup/verify/labs.ts';
import { type Answer, type Asked, isAsked } from '../../../setup/verify/question.ts';
import { questions } from '../../../setup/verify/questions.ts';
import { type Swept, sweep, traceKinds } from '../../../setup/verify/traces.ts';
import { systemClock } from '../../../tasks/common/clock.ts';
import type { Loop } from '../loop-fixture.ts';

const silent: Output = {
  isJson: false,
  line: () => undefined,
  json: () => undefined,
  progress: () => undefined,
  error: () => undefined,
};

/** What is never there is waited for a twentieth of the time, and looked for more often. */
const hurried: LabClock = {
  elapsed: () => systemClock.elapsed() * 20,
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / 50, signal),
  after: (milliseconds) => systemClock.now() + milliseconds / 50,
};

/** Asks and sweeps as the command does, in this process. */
export async function inLabs<T>(
  loop: Loop,
  act: (labs: Labs, stop: AbortController) => Promise<T>,
  progress: Output['progress'] = () => undefined,
): Promise<T> {
  let result: T | undefined;
  const flags = { file: join(loop.folder, 'port-azure.yml'), auth: 'pat', timeout: 10 } as const;
  const context = { environment: loop.environment, output: { ...silent, progress } };
  const keep = async (labs: Labs, stop: AbortController): Promise<void> => {
    result = await act(labs, stop);
  };
  await withLabs(flags, context, keep, hurried);
  return result as T;
}

function questionOf(id: string): Asked {
  const question = questions.filter(isAsked).find((each) => each.id === id);
  if (question === undefined) throw new TypeError(`no question ${id}`);
  return question;
}

/** What became of one question, and what was removed afterwards. */
export async function asked(
  loop: Loop,
  id: string,
  progress?: Output['progress'],
): Promise<{ readonly answer: Answer; readonly swept: Swept }> {
  const question = questionOf(id);
  return inLabs(
    loop,
    async ({ asking, cleaning, stamps }) => {
      const [answered] = (await askAll([question], asking, () => undefined)) as [Answered];
      const kinds = new Set(question.ask.makes);
      return { answer: answered.answer, swept: await sweep(cleaning, kinds, (each) => stamps.has(each)) };
    },
    progress,
  );
}

/**
 * The same, stopped when so many calls were answered.
 * @param isKilled what is left is removed as `verify --clean` does, which knows nothing of the question
 */
export async function askedUntil(
  loop: Loop,
  id: string,
  { calls, isKilled }: { calls: number; isKilled: boolean },
): Promise<{ readonly error: unknown; readonly swept: Swept }> {
  const question = questionOf(id);
  return inLabs(loop, async ({ asking, cleaning, stamps }, stop) => {
    let count = 0;
    const listener = (): void => {
      if (++count === calls) stop.abort();
    };
    const unwatch = [loop.port.rewrites, loop.ado.store.rewrites].map((each) => each.onAnswer(listener));
    let error: unknown;
    await askAll([question], asking, () => undefined).catch((thrown: unknown) => (error = thrown));
    for (const each of unwatch) each();
    const kinds = isKilled ? traceKinds : question.ask.makes;
    return { error, swept: await sweep(cleaning, new Set(kinds), (each) => isKilled || stamps.has(each)) };
  });
}

/** The names of all that can be made on both sides. */
export function tracesOf({ ado, port }: Loop): string[] {
  const { blueprints, actions, webhooks, workflows, secrets, scorecards } = port.store;
  const inPort = [blueprints, actions, webhooks, workflows, secrets, scorecards].flatMap((all) => [
    ...all.keys(),
  ]);
  const users = ['_user', '_team'].flatMap((each) => [...port.store.entitiesOf(each).keys()]);
  const open = [...port.store.runs.values()]
    .filter(({ status }) => status === 'IN_PROGRESS')
    .map(({ id }) => id);
  const openFlows = [...port.store.workflowRuns.values()]
    .filter(({ status }) => status !== 'COMPLETED')
    .map(({ identifier }) => identifier);
  const { subscriptions, endpoints } = ado.store;
  return [...inPort, ...users, ...open, ...openFlows, ...subscriptions.keys(), ...endpoints.keys()].sort();
}
