import type { ResolvedTask } from '../compile/resolve-task.ts';
import type { TaskResult } from '../types.ts';
import type { Variables } from '../variables/variables.ts';
import type { Step } from '../yaml/pipeline.ts';
import type { JobContext } from './job-context.ts';
import type { RecordHandle } from './timeline.ts';

export type StepPhase = 'preJob' | 'execution' | 'postJob';

/** A step that the job will come to; pre-job, main and post-job parts of a task are a step each. */
export interface PlannedStep {
  readonly step: Step;
  readonly phase: StepPhase;
  readonly task: ResolvedTask;
  readonly record: RecordHandle;
  /** Without the prefix that the records of pre- and post-job parts have. */
  readonly displayName: string;
  /** `System.TaskInstanceId`: the id of the main part's record, in all parts of a task. */
  readonly instanceId: string;
  /** Name in output variables. */
  readonly refName: string;
  readonly condition: string;
  /** Shared by the parts of one task. */
  readonly taskVariables: Variables;
}

/** A step while it runs: its log, its issues and its result. */
export class StepContext {
  readonly planned: PlannedStep;
  readonly job: JobContext;
  readonly #done = new AbortController();
  /** What `task.complete` said. */
  result: TaskResult | null = null;
  /** Failed where a logging command could not be carried out. */
  commandResult: TaskResult | null = null;

  constructor(planned: PlannedStep, job: JobContext) {
    this.planned = planned;
    this.job = job;
  }

  get done(): AbortSignal {
    return this.#done.signal;
  }

  /** The task said `done=true`: its process is not waited for. */
  forceDone(): void {
    this.#done.abort();
  }

  write(line: string): void {
    this.planned.record.log(this.job.masker.mask(line));
  }

  error(message: string, properties?: Readonly<Record<string, string>>): void {
    this.#issue('error', message, properties);
  }

  warning(message: string, properties?: Readonly<Record<string, string>>): void {
    this.#issue('warning', message, properties);
  }

  debug(message: string): void {
    if (this.job.variables.get('System.Debug')?.toLowerCase() === 'true') this.write(`##[debug]${message}`);
  }

  #issue(
    type: 'error' | 'warning',
    message: string,
    properties: Readonly<Record<string, string>> = {},
  ): void {
    const { record } = this.planned;
    this.write(`##[${type}]${message}`);
    const masked = Object.entries(properties).map(([key, value]) => [key, this.job.masker.mask(value)]);
    record.issue({
      type,
      category: properties.sourcepath === undefined ? 'General' : 'Code',
      message: this.job.masker.mask(message),
      data: { type, ...Object.fromEntries(masked), logFileLineNumber: String(record.lineCount) } as Record<
        string,
        string
      >,
    });
  }
}
