import type { ResolvedTask, ResolvedTasks } from '../compile/resolve-task.ts';
import { checkoutTask } from '../extension/built-in-tasks.ts';
import type { JobContext } from '../state/job-context.ts';
import type { PlannedStep, StepPhase } from '../state/step-context.ts';
import { Variables } from '../variables/variables.ts';
import type { Step } from '../yaml/pipeline.ts';

/**
 * All steps of a job in the order they run: pre-job parts, main parts, post-job parts last in, first out.
 * Post-job parts run always, whatever became of the main part: JobExtension.cs.
 */
export function planSteps(job: JobContext, tasks: ResolvedTasks): PlannedStep[] {
  const names = new Set<string>();
  const parts = job.job.steps.flatMap((step) => {
    const task = tasks.get(step);
    if (task === undefined || !step.isEnabled || isNoCheckout(task)) return [];
    const refName = uniqueName(step.name ?? task.definition.name, names);
    const displayName = job.masker.mask(job.variables.expand(titleOf(step, task, job)));
    const instanceId = job.timeline.idOf(keyOf(job, 'execution', refName));
    return [{ step, task, refName, displayName, instanceId, taskVariables: new Variables() }];
  });
  const ofPhase = (phase: StepPhase) => parts.filter((part) => runsIn(part.task, phase));
  const ordered = [
    ...ofPhase('preJob').map((part) => ({ ...part, phase: 'preJob' as const })),
    ...ofPhase('execution').map((part) => ({ ...part, phase: 'execution' as const })),
    ...ofPhase('postJob')
      .reverse()
      .map((part) => ({ ...part, phase: 'postJob' as const })),
  ];
  // Order 1 is "Initialize job".
  return ordered.map((part, index) => planStep(part, index + 2, job));
}

const isNoCheckout = (task: ResolvedTask) =>
  task.definition === checkoutTask && task.inputs.repository === 'none';

const runsIn = ({ definition, directory }: ResolvedTask, phase: StepPhase) =>
  phase === 'execution'
    ? directory === undefined || definition.execution !== undefined
    : definition[phase] !== undefined;

function uniqueName(wanted: string, names: Set<string>): string {
  let name = wanted;
  for (let count = 2; names.has(name.toLowerCase()); count++) name = `${wanted}${count}`;
  names.add(name.toLowerCase());
  return name;
}

type Part = Omit<PlannedStep, 'record' | 'condition'>;

const prefixes: Readonly<Record<StepPhase, string>> = {
  preJob: 'Pre-job: ',
  execution: '',
  postJob: 'Post-job: ',
};

const keyOf = (job: JobContext, phase: StepPhase, refName: string) => `${job.record.id}/${phase}/${refName}`;

function planStep(part: Part, order: number, job: JobContext): PlannedStep {
  const { id, name, version } = part.task.definition;
  const record = job.timeline.add({
    parent: job.record,
    type: 'Task',
    name: prefixes[part.phase] + part.displayName,
    identifier: '',
    key: keyOf(job, part.phase, part.refName),
    refName: part.refName,
    order,
    // The agent makes the records of pre- and post-job parts itself, and never says which task they are of.
    ...(part.phase === 'execution' && { task: { id, name, version } }),
  });
  const condition = part.phase === 'postJob' ? 'always()' : (part.step.condition?.trim() ?? '');
  return { ...part, record, condition: condition === '' ? 'succeeded()' : condition };
}

/** Without a display name and a name: the task's `instanceNameFormat` with the step's inputs in it. */
function titleOf(step: Step, { definition, inputs }: ResolvedTask, { request }: JobContext): string {
  const title = step.displayName ?? step.name;
  if (title !== undefined) return title;
  if (definition === checkoutTask) {
    return `Checkout ${request.repository.name}@${request.sourceBranch.replace(/^refs\/heads\//, '')} to s`;
  }
  const defaults = new Map(definition.inputs.map(({ name, defaultValue }) => [name, defaultValue]));
  const format = definition.instanceNameFormat || definition.name;
  return format.replaceAll(
    /\$\((\w+)\)/g,
    (whole, name: string) => inputs[name] ?? defaults.get(name) ?? whole,
  );
}
