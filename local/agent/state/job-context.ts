import type { AgentSettings } from '../settings.ts';
import type { RunObserver, RunRequest, ServiceConnection, TaskResult, Variable } from '../types.ts';
import type { Masker } from '../variables/masker.ts';
import type { Variables } from '../variables/variables.ts';
import type { Job } from '../yaml/pipeline.ts';
import type { JobDirectories } from './job-directories.ts';
import type { RecordHandle, Timeline } from './timeline.ts';

/** What all steps of one job share. */
export interface JobContext {
  readonly job: Job;
  readonly request: RunRequest;
  readonly settings: AgentSettings;
  readonly observer: RunObserver;
  readonly timeline: Timeline;
  readonly record: RecordHandle;
  readonly agentName: string;
  readonly directories: JobDirectories;
  readonly variables: Variables;
  readonly masker: Masker;
  /** Output variables by `step.name`. */
  readonly outputs: Map<string, Variable>;
  /** The service connections that the job's steps named when it started: a step cannot have others. */
  readonly connections: readonly ServiceConnection[];
  /** Value of `VSTS_PROCESS_LOOKUP_ID`. */
  readonly lookupId: string;
  readonly signals: JobSignals;
  /** Checks the number and tells it to the run. */
  readonly setBuildNumber: (number: string) => void;
  /** The job's result so far; null is as good as succeeded. */
  result: TaskResult | null;
}

export interface JobSignals {
  /** The job was canceled, by a person or by its timeout. */
  readonly canceled: AbortSignal;
  /** The cancel timeout is over: nothing more may run. */
  readonly expired: AbortSignal;
  /** The agent is gone: nothing more happens at all. */
  readonly lost: AbortSignal;
}

/** Sets the job's result and the variable that tells it to tasks. */
export function setJobResult(job: JobContext, result: TaskResult): void {
  job.result = result;
  job.variables.set('Agent.JobStatus', result.charAt(0).toUpperCase() + result.slice(1));
}

/** The agent went away while the job ran. */
export class AgentLostError extends Error {
  constructor() {
    super('The agent was lost');
    this.name = 'AgentLostError';
  }
}
