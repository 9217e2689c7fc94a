import { type PortCall, type ReadScript, callKinds } from './calls.ts';
import type { PipelineFile } from './read/scripts.ts';
import type { Plan } from './replace/plan.ts';
import { allSteps, placeName } from './replace/print.ts';

interface Read {
  readonly file: PipelineFile;
  readonly scripts: readonly ReadScript[];
  readonly calls: readonly PortCall[];
  readonly plan: Plan;
}

const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;

/** What the steps do not say by themselves, and a person has to know. */
export function remarksOn({ file, scripts, calls, plan }: Read): readonly string[] {
  const steps = allSteps(plan);
  const text = JSON.stringify(steps.map(({ inputs }) => inputs));
  const assumed = [...new Set(scripts.flatMap(({ script }) => [...script.scope.assumed]))].filter((name) =>
    text.includes(`$(${name})`),
  );
  const isAgentless = plan.jobs.some(({ job }) => job.isAgentless);
  const gone = [
    ...new Set(plan.jobs.filter(({ isRemoved }) => isRemoved).map(({ job }) => placeName(job, plan))),
  ];
  return [
    ...steps.flatMap(({ task, line, missing }) =>
      missing.map(({ what, why }) => `line ${line}: ${task} lacks ${what}: ${why}`),
    ),
    ...calls
      .filter(({ kind }) => kind === 'other' || kind === 'approval')
      .map(
        ({ kind, line, method, route }) =>
          `line ${line}: ${method} ${route} ${callKinds[kind]}: no task replaces it, and it stays as it is.`,
      ),
    ...scripts.flatMap(({ calls: own, reading, script }) =>
      own.some(({ kind }) => kind !== 'token') && reading.work.length > 0
        ? [`line ${script.firstLine}: the script does more than call Port: leave the rest of it as a step.`]
        : [],
    ),
    ...calls
      .filter(({ isConditional, kind }) => isConditional && kind !== 'token' && kind !== 'other')
      .map(
        ({ line, method, route }) =>
          `line ${line}: the script decides whether it calls ${method} ${route}; the step runs always. Give it a condition.`,
      ),
    ...(assumed.length === 0
      ? []
      : [
          `${list(assumed)}: set nowhere in this file, so taken for ${assumed.length === 1 ? 'a variable' : 'variables'} of the pipeline.`,
        ]),
    ...(gone.length === 0
      ? []
      : [
          `${list(gone)}: nothing is left to do there once the steps stand; remove ${gone.length === 1 ? 'it' : 'them'}.`,
        ]),
    ...(isAgentless
      ? [
          'A job with "pool: server" has no agent, and can run none of these steps: put them into a job with an agent.',
        ]
      : []),
    ...(file.isClassic
      ? [
          'This is the export of a classic pipeline: the steps are its tasks, to be added in the editor, or the pipeline is to become YAML first.',
        ]
      : []),
    ...file.unread,
  ];
}
