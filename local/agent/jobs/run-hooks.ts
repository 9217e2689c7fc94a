import { rollUp } from '../state/results.ts';
import type { LegRun, PhaseRun } from '../state/run-context.ts';
import type { TaskResult } from '../types.ts';
import type { Hook, HookName } from '../yaml/pipeline.ts';
import { type LegEnd, runLeg } from './run-agent-job.ts';

/** The hooks that come only when it is known how the others ended. */
const last: readonly HookName[] = ['OnSuccess', 'OnFailure'];

/**
 * Runs the hooks of a deployment job one after the other, each as an agent job. The first that fails is the last but
 * for `on: failure`; a canceled one is the last of all.
 */
export async function runHooks(
  phase: PhaseRun,
  names: LegRun['names'],
  canceled: AbortSignal,
): Promise<LegEnd> {
  const { hooks, continueOnError } = phase.job;
  const ends: LegEnd[] = [];
  const resultSoFar = () => rollUp(ends.map((end) => end.result));
  const run = async (hook: Hook | undefined) => {
    if (hook !== undefined) ends.push(await runLeg(hookJob({ phase, names, canceled }, hook)));
  };
  for (const hook of hooks) {
    if (!last.includes(hook.name) && isGood(resultSoFar())) await run(hook);
  }
  const end = endOf(resultSoFar());
  await run(hooks.find(({ name }) => name === end));
  const result = resultSoFar();
  return {
    result: result === 'failed' && continueOnError ? 'succeededWithIssues' : result,
    outputs: new Map(ends.flatMap((one) => [...one.outputs])),
  };
}

const isGood = (result: TaskResult) => result === 'succeeded' || result === 'succeededWithIssues';

function endOf(result: TaskResult): HookName | undefined {
  if (isGood(result)) return 'OnSuccess';
  return result === 'failed' ? 'OnFailure' : undefined;
}

/** `continueOnError` is about the jobs that follow, not about the hooks. */
function hookJob(about: Pick<LegRun, 'phase' | 'names' | 'canceled'>, hook: Hook): LegRun {
  const { phase } = about;
  const { job } = phase;
  const { steps, image, name } = hook;
  return {
    ...about,
    phase: { ...phase, job: { ...job, steps, image, continueOnError: false } },
    leg: { name, displayName: job.displayName, variables: {}, outputPrefix: `${job.name}.` },
    position: job.hooks.indexOf(hook) + 1,
    count: job.hooks.length,
  };
}
