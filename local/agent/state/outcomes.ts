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

const word = (result: TaskResult) => resultWord(result === 'abandoned' ? 'failed' : result);

const outputsOf = (job: JobOutcome) => [...job.outputs].map(([name, { value }]) => [name, value] as const);

/** `dependencies` in a job: jobs of the same stage. */
export const jobDependencies = (jobs: readonly JobOutcome[]) =>
  Object.fromEntries(
    jobs.map((job) => [job.name, { result: word(job.result), outputs: Object.fromEntries(outputsOf(job)) }]),
  );

/** `dependencies` in a stage: outputs are named `job.step.name`. */
export const stageDependencies = (stages: readonly StageOutcome[]) =>
  Object.fromEntries(
    stages.map((stage) => {
      const outputs = stage.jobs.flatMap((job) =>
        outputsOf(job).map(([name, value]) => [`${job.name}.${name}`, value]),
      );
      return [
        stage.name,
        { result: word(stage.result), outputs: Object.fromEntries(outputs) as Record<string, string> },
      ];
    }),
  );

/** `stageDependencies` in a job: by stage, then by job. */
export const stageJobDependencies = (stages: readonly StageOutcome[]) =>
  Object.fromEntries(
    stages.map((stage) => [stage.name, { result: word(stage.result), ...jobDependencies(stage.jobs) }]),
  );
