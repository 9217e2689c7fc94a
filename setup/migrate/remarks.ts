import { type PortCall, type ReadScript, callKinds, isLeft } from './calls.ts';
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

const ofCalls = (calls: readonly PortCall[]): readonly string[] =>
  calls.flatMap((call) => {
    const { kind, line, method, route } = call;
    if (isLeft(call))
      return [
        `line ${line}: ${method} ${route} ${callKinds[kind]}: no task replaces it, and it stays as it is.`,
      ];
    if (!call.isConditional || kind === 'token') return [];
    return [
      `line ${line}: the script decides whether it calls ${method} ${route}. Give the step a condition, if it is not the job's result that decides.`,
    ];
  });

const ofScripts = (scripts: readonly ReadScript[]): readonly string[] =>
  scripts
    .filter(({ calls, reading }) => reading.work.length > 0 && calls.some(({ kind }) => kind !== 'token'))
    .map(
      ({ script }) =>
        `line ${script.firstLine}: the script does more than call Port: leave the rest of it as a step.`,
    );

/** Names that were taken for variables of the pipeline, and stand in a step. */
function ofVariables({ scripts, plan }: Read): readonly string[] {
  const inputs = JSON.stringify(allSteps(plan).map((step) => step.inputs));
  const names = [...new Set(scripts.flatMap(({ script }) => [...script.scope.assumed]))].filter((name) =>
    inputs.includes(`$(${name})`),
  );
  const what = names.length === 1 ? 'a variable' : 'variables';
  return names.length === 0
    ? []
    : [`${list(names)}: set nowhere in this file, so taken for ${what} of the pipeline.`];
}

function ofJobs({ file, plan }: Read): readonly string[] {
  const gone = [
    ...new Set(plan.jobs.filter(({ isRemoved }) => isRemoved).map(({ job }) => placeName(job, plan))),
  ];
  const remarks: string[] = [];
  if (gone.length > 0)
    remarks.push(
      `${list(gone)}: nothing is left to do there once the steps stand; remove ${gone.length === 1 ? 'it' : 'them'}.`,
    );
  if (plan.jobs.some(({ job }) => job.isAgentless))
    remarks.push(
      'A job with "pool: server" has no agent, and can run none of these steps: put them into a job with an agent.',
    );
  if (file.isClassic)
    remarks.push(
      'This is the export of a classic pipeline: the steps are its tasks, to be added in the editor, or the pipeline is to become YAML first.',
    );
  return remarks;
}

/** What the steps do not say by themselves, and a person has to know. */
export function remarksOn(read: Read): readonly string[] {
  const gaps = allSteps(read.plan).flatMap(({ task, line, missing }) =>
    missing.map(({ what, why }) => `line ${line}: ${task} lacks ${what}: ${why}`),
  );
  return [
    ...gaps,
    ...ofCalls(read.calls),
    ...ofScripts(read.scripts),
    ...ofVariables(read),
    ...ofJobs(read),
    ...read.file.unread,
  ];
}
