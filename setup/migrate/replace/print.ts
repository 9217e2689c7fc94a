import { textAt } from '../read/yaml.ts';
import { checked } from './check.ts';
import type { Job } from './jobs.ts';
import type { JobPlan, Plan } from './plan.ts';
import { type TaskStep, printStep } from './task-step.ts';

const stepsOf = ({ top, inPlace, end }: JobPlan): readonly TaskStep[] => [
  ...top,
  ...[...inPlace.values()].flat(),
  ...end,
];

/** Every step of a plan. */
export const allSteps = (plan: Plan): readonly TaskStep[] => [
  ...plan.jobs.flatMap(stepsOf),
  ...(plan.last === undefined ? [] : [plan.last]),
];

/** What a person calls a job, or its stage where the stage is nothing else, or goes as a whole. */
export function placeName({ name, stage }: Job, { jobs }: Plan): string {
  const siblings = jobs.filter(({ job }) => stage !== undefined && job.stage === stage);
  if (
    stage !== undefined &&
    siblings.every(({ isRemoved }) => isRemoved === siblings[0]?.isRemoved) &&
    (siblings.length === 1 || siblings[0]?.isRemoved === true)
  )
    return `the stage ${textAt(stage, 'stage')}`;
  return name === '' ? '' : `the job ${name}`;
}

/** Stages, or jobs where there are none, that stay. */
function namesOf({ jobs, hasStages }: Plan): readonly string[] {
  const stay = jobs.filter(({ isRemoved }) => !isRemoved);
  return [
    ...new Set(
      stay.map(({ job }) => (hasStages && job.stage !== undefined ? textAt(job.stage, 'stage') : job.name)),
    ),
  ];
}

/** The stage or job behind all others, as an item of their list. */
export function printLast(step: TaskStep, plan: Plan): string {
  const names = namesOf(plan);
  const indent = (text: string, by: number) => text.replace(/^(?=.)/gm, ' '.repeat(by));
  const head = (kind: string) =>
    `- ${kind}: port_report\n  dependsOn: [${names.join(', ')}]\n  condition: always()\n`;
  const steps = (by: number) => indent(`steps:\n  - checkout: none\n${indent(printStep(step), 2)}`, by);
  return plan.hasStages
    ? `${head('stage')}  jobs:\n    - job: port_report\n${steps(6)}`
    : head('job') + steps(2);
}

/** The steps as YAML, each job's under its name where there are several jobs; empty where there are none. */
export function printPlan(plan: Plan): string {
  const printed = plan.jobs.filter((job) => stepsOf(job).length > 0);
  const isNamed = printed.length > 1 || plan.last !== undefined;
  const parts = printed.map((each) => {
    const name = placeName(each.job, plan);
    return (isNamed && name !== '' ? `# In ${name}:\n` : '') + stepsOf(each).map(printStep).join('');
  });
  if (plan.last !== undefined)
    parts.push(`# A ${plan.hasStages ? 'stage' : 'job'} behind all others:\n${printLast(plan.last, plan)}`);
  return parts.join('');
}

/** The plan with every step as its task accepts it. */
export async function checkedPlan(plan: Plan): Promise<Plan> {
  const all = (steps: readonly TaskStep[]) => Promise.all(steps.map(checked));
  const jobs = await Promise.all(
    plan.jobs.map(async (each): Promise<JobPlan> => {
      const inPlace = await Promise.all(
        [...each.inPlace].map(async ([script, steps]) => [script, await all(steps)] as const),
      );
      return { ...each, top: await all(each.top), inPlace: new Map(inPlace), end: await all(each.end) };
    }),
  );
  return { ...plan, jobs, last: plan.last === undefined ? undefined : await checked(plan.last) };
}
