import type { CompiledRun } from '../compile/compile-run.ts';
import type { AgentSettings } from '../settings.ts';
import type { RunObserver, RunRequest, Variable } from '../types.ts';
import type { Job, Stage } from '../yaml/pipeline.ts';
import type { Leg } from './matrix.ts';
import type { JobOutcome, StageOutcome } from './outcomes.ts';
import type { Slots } from './slots.ts';
import type { RecordHandle, Timeline } from './timeline.ts';

export interface LegRun {
  readonly phase: PhaseRun;
  readonly leg: Leg;
  /** Among the legs, from 1. */
  readonly position: number;
  readonly count: number;
  readonly names: Readonly<Record<string, unknown>>;
  readonly canceled: AbortSignal;
}

export interface PhaseRun {
  readonly stage: Stage;
  readonly job: Job;
  readonly stageRecord: RecordHandle;
  readonly record: RecordHandle;
  /** Jobs before this one. */
  readonly before: ReadonlyMap<string, JobOutcome>;
  /** Stages that the job's stage depends on. */
  readonly stages: readonly StageOutcome[];
  readonly run: RunContext;
}

/** What all stages and jobs of one run share. */
export interface RunContext {
  readonly request: RunRequest;
  readonly observer: RunObserver;
  readonly settings: AgentSettings;
  readonly compiled: CompiledRun;
  readonly timeline: Timeline;
  readonly planId: string;
  /** A person canceled the run. */
  readonly canceled: AbortSignal;
  readonly slots: Slots;
  /** Outputs of jobs by their phase's identifier; they outlive the run, for a second attempt. */
  readonly outputs: Map<string, ReadonlyMap<string, Variable>>;
  /** Ends the agents that run this build's jobs, when called. */
  readonly losses: Set<() => void>;
  /** Stages and phases (by identifier) whose records of an earlier attempt stay. */
  readonly kept: ReadonlySet<string>;
  readonly setBuildNumber: (number: string) => void;
  readonly buildNumber: () => string;
}
