import { Context } from '../expressions/values.ts';
import type { TaskResult, Variable } from '../types.ts';
import { resultWord } from './results.ts';

/** What is known of a job (with all its legs) that has ended. */
export interface JobOutcome {
  readonly name: string;
  readonly result: TaskResult;
  /** By `step.name`; in a matrix and in a deployment job with the leg or the job before it. */
  readonly outputs: ReadonlyMap<string, Variable>;
}

export interface StageOutcome {
  readonly name: string;
  readonly result: TaskResult;
  readonly jobs: readonly JobOutcome[];
}

const outputsOf = (job: JobOutcome) => [...job.outputs].map(([name, { value }]) => [name, value] as const);

/** Names of jobs, stages and outputs are found in any case. */
const contextOf = (entries: readonly (readonly [string, unknown])[]) =>
  new Context(Object.fromEntries(entries));

const members = (jobs: readonly JobOutcome[]) =>
  jobs.map((job) => {
    const outputs = contextOf(outputsOf(job));
    return [job.name, new Context({ result: resultWord(job.result), outputs })] as const;
  });

/** `dependencies` in a job: jobs of the same stage. */
export const jobDependencies = (jobs: readonly JobOutcome[]): Context => contextOf(members(jobs));

/** `dependencies` in a stage: outputs are named `job.step.name`. */
export const stageDependencies = (stages: readonly StageOutcome[]): Context =>
  contextOf(
    stages.map((stage) => {
      const outputs = stage.jobs.flatMap((job) =>
        outputsOf(job).map(([name, value]) => [`${job.name}.${name}`, value] as const),
      );
      return [stage.name, new Context({ result: resultWord(stage.result), outputs: contextOf(outputs) })];
    }),
  );

/** `stageDependencies` in a job: by stage, then by job. */
export const stageJobDependencies = (stages: readonly StageOutcome[]): Context =>
  contextOf(
    stages.map(({ name, result, jobs }) => [
      name,
      contextOf([['result', resultWord(result)], ...members(jobs)]),
    ]),
  );
