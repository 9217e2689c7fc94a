/**
 * What passes between the local Azure DevOps, which queues pipeline runs and shows them, and the local agent,
 * which runs them. The words are those of Azure DevOps' build REST API.
 */

export type TaskResult =
  'succeeded' | 'succeededWithIssues' | 'failed' | 'canceled' | 'skipped' | 'abandoned';
export type BuildResult = 'succeeded' | 'partiallySucceeded' | 'failed' | 'canceled';

export interface Identity {
  readonly id: string;
  readonly displayName: string;
  /** E-mail address. */
  readonly uniqueName: string;
}

export interface Variable {
  readonly value: string;
  readonly isSecret?: boolean;
  /** No step may set it. */
  readonly isReadOnly?: boolean;
}

/** A service connection as the agent receives it. `id` is a lower-case GUID. */
export interface ServiceConnection {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly url: string;
  readonly authorization: { readonly scheme: string; readonly parameters: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
}

/** Where a run's sources are. At GitHub its id is its name: `owner/name`. */
export interface Repository {
  readonly id: string;
  readonly name: string;
  readonly type: 'TfsGit' | 'GitHub';
  /** Of its page. */
  readonly url: string;
}

/** A repository at one commit, from which templates are read. */
export interface RepositoryFolder {
  readonly type: 'git' | 'github';
  /** `project/repository`; at GitHub `owner/repository`. */
  readonly name: string;
  readonly ref: string;
  readonly version: string;
  readonly url: string;
  readonly directory: string;
}

/** A template that a pipeline extends. */
export interface TemplateReference {
  readonly type: RepositoryFolder['type'];
  /** Its name, as in `RepositoryFolder`. */
  readonly repository: string;
  readonly ref: string;
  /** From the repository's root: `/deploy.yml`. */
  readonly path: string;
}

/** One run of a pipeline, as the agent is asked to carry it out. */
export interface RunRequest {
  /** Absolute path of the pipeline's YAML file. */
  readonly pipelineFile: string;
  /** YAML that stands for the file's own text, in a preview. */
  readonly pipelineText?: string;
  /** The folder that `checkout` copies into the sources directory. */
  readonly repositoryDirectory: string;
  readonly repository: Repository;
  /** Other repositories, for templates. */
  readonly repositories?: readonly RepositoryFolder[];
  readonly buildId: number;
  readonly definitionId: number;
  readonly definitionName: string;
  readonly project: { readonly id: string; readonly name: string };
  /** `System.CollectionUri`: the organization's URL with a trailing slash. */
  readonly collectionUrl: string;
  readonly reason: 'manual' | 'individualCI' | 'pullRequest' | 'schedule' | 'resourceTrigger';
  readonly requestedFor: Identity;
  readonly sourceBranch: string;
  readonly sourceVersion: string;
  readonly sourceVersionMessage: string;
  /** The webhook payload that started the run, under the alias of `resources.webhooks`. */
  readonly webhook?: { readonly alias: string; readonly payload: unknown };
  readonly templateParameters?: Readonly<Record<string, unknown>>;
  /** Variables of the pipeline's definition, and those given at queue time, which are read-only. */
  readonly variables?: Readonly<Record<string, Variable>>;
  readonly serviceConnections: readonly ServiceConnection[];
  /** `System.AccessToken`: the job's own token. */
  readonly accessToken: string;
  /** Set when failed stages of an earlier attempt are run again: the records of that attempt, and this attempt's number (from 2). */
  readonly rerun?: { readonly attempt: number; readonly records: readonly TimelineRecord[] };
}

export interface Issue {
  readonly type: 'error' | 'warning';
  readonly category?: string;
  readonly message: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** A record of the build timeline, in the shape of `GET …/build/builds/{id}/timeline`. Times are ISO 8601. */
export interface TimelineRecord {
  readonly id: string;
  readonly parentId: string | null;
  readonly type:
    'Stage' | 'Phase' | 'Job' | 'Task' | 'Checkpoint' | 'Checkpoint.Approval' | 'Checkpoint.ExtendsCheck';
  readonly name: string;
  /** Stage: `Deploy`; phase: `Deploy.Job1`; job: `Deploy.Job1.__default`. */
  readonly identifier: string;
  readonly refName?: string;
  readonly order: number;
  readonly attempt: number;
  readonly previousAttempts: readonly {
    readonly attempt: number;
    readonly timelineId: string;
    readonly recordId: string;
  }[];
  readonly state: 'pending' | 'inProgress' | 'completed';
  readonly result: TaskResult | null;
  readonly startTime: string | null;
  readonly finishTime: string | null;
  readonly workerName?: string | null;
  readonly percentComplete?: number | null;
  readonly errorCount: number;
  readonly warningCount: number;
  readonly issues: readonly Issue[];
  readonly task: { readonly id: string; readonly name: string; readonly version: string } | null;
  /** Position of the log among the run's logs, from 1; the Azure DevOps stand-in makes the URL. */
  readonly log: { readonly id: number } | null;
}

/** What the agent tells while it runs. Each call with a record replaces what was known of that record's id. */
export interface RunObserver {
  /** The run's number (`name:` of the pipeline), known before the first job starts, and again when a step changes it. */
  buildNumber(number: string): void;
  record(record: TimelineRecord): void;
  /** A line of a step's log, masked. */
  log(recordId: string, line: string): void;
  attachment(attachment: { recordId: string; type: string; name: string; content: Buffer }): void;
  /** A step added a tag to the run. */
  tag?(tag: string): void;
  /**
   * Holds a stage up until the checks of its environments (by name) are over, of a pipeline that extends these
   * templates. What it resolves with ends the stage without running it.
   */
  passChecks?(
    stageRecordId: string,
    environments: readonly string[],
    extended: readonly TemplateReference[],
  ): Promise<TaskResult | undefined>;
}

export interface RunOutcome {
  readonly result: BuildResult;
  readonly buildNumber: string;
}

/** Runs pipelines. `signal` cancels the run the way a user does in the web page. */
export interface BuildRunner {
  run(request: RunRequest, observer: RunObserver, signal: AbortSignal): Promise<RunOutcome>;
  /**
   * The machines that run jobs of this build are gone at once: their processes are killed, nothing of them is run
   * or told any more. Their jobs end as abandoned when `timings.agentLost` is over.
   */
  lose(buildId: number): void;
}
