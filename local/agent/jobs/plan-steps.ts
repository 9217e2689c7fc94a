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
    return [{ step, task, refName, taskVariables: new Variables() }];
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

type Part = Omit<PlannedStep, 'record' | 'displayName' | 'condition'>;

const prefixes: Readonly<Record<StepPhase, string>> = {
  preJob: 'Pre-job: ',
  execution: '',
  postJob: 'Post-job: ',
};

function planStep(part: Part, order: number, job: JobContext): PlannedStep {
  const { definition } = part.task;
  const displayName =
    prefixes[part.phase] + job.masker.mask(job.variables.expand(titleOf(part.step, part.task)));
  const record = job.timeline.add({
    parent: job.record,
    type: 'Task',
    name: displayName,
    identifier: '',
    key: `${job.record.id}/${part.phase}/${part.refName}`,
    refName: part.refName,
    order,
    task: { id: definition.id, name: definition.name, version: definition.version },
  });
  const condition = part.phase === 'postJob' ? 'always()' : (part.step.condition?.trim() ?? '');
  return { ...part, displayName, record, condition: condition === '' ? 'succeeded()' : condition };
}

/** Without a display name: the task's `instanceNameFormat` with the step's inputs in it. */
function titleOf(step: Step, { definition, inputs }: ResolvedTask): string {
  if (step.displayName !== undefined) return step.displayName;
  if (definition === checkoutTask) return 'Checkout';
  const defaults = new Map(definition.inputs.map(({ name, defaultValue }) => [name, defaultValue]));
  const format = definition.instanceNameFormat || definition.name;
  return format.replaceAll(
    /\$\((\w+)\)/g,
    (whole, name: string) => inputs[name] ?? defaults.get(name) ?? whole,
  );
}
