import type { Leg } from './matrix.ts';
import type { Job, Stage } from './pipeline.ts';

/** `Deploy.Job1`; in a pipeline without stages just `Job1`. */
export const phaseIdentifier = (stage: Stage, job: Job) =>
  stage.isImplicit ? job.name : `${stage.name}.${job.name}`;

/** `Deploy.Job1.__default`: also the value of `System.JobIdentifier`. */
export const jobIdentifier = (stage: Stage, job: Job, leg: Leg) =>
  `${phaseIdentifier(stage, job)}.${leg.name}`;
