import type {
  BuildResult,
  Identity,
  RunRequest,
  TaskResult,
  TimelineRecord,
  Variable,
} from '../agent/types.ts';
import type { PipelineDefinition } from './options.ts';

export interface Pipeline extends Required<PipelineDefinition> {
  readonly id: number;
  readonly createdDate: string;
}

export type BuildStatus = 'notStarted' | 'inProgress' | 'cancelling' | 'completed';

export interface Attachment {
  readonly recordId: string;
  readonly type: string;
  readonly name: string;
  readonly content: Buffer;
}

/** One run of a pipeline with everything that is known of it. Times are ISO 8601. */
export interface Build {
  readonly id: number;
  readonly pipeline: Pipeline;
  readonly request: RunRequest;
  readonly timelineId: string;
  readonly queueTime: string;
  number: string;
  status: BuildStatus;
  result: BuildResult | null;
  startTime: string | null;
  finishTime: string | null;
  attempt: number;
  /** Why the YAML could not be run, if so. */
  validationErrors: string[];
  readonly records: Map<string, TimelineRecord>;
  /** Lines of a record's log, by record id. */
  readonly logs: Map<string, string[]>;
  readonly attachments: Attachment[];
  readonly tags: Set<string>;
}

/** What a run is started with beside its pipeline. */
export interface QueueRequest {
  readonly definitionId: number;
  readonly reason?: RunRequest['reason'];
  readonly sourceBranch?: string;
  readonly sourceVersion?: string;
  readonly requestedFor?: Identity;
  readonly variables?: Readonly<Record<string, Variable>>;
  readonly templateParameters?: Readonly<Record<string, unknown>>;
  readonly webhook?: { readonly alias: string; readonly payload: unknown };
}

/** A service connection with its secrets; answers show them as null. */
export interface Endpoint {
  readonly id: string;
  name: string;
  readonly type: string;
  url: string;
  description: string;
  readonly owner: string;
  authorization: { scheme: string; parameters: Record<string, string> };
  data: Record<string, string>;
  isReady: boolean;
  isShared: boolean;
  /** Shown and set from version 7.2-preview on. No run gets a disabled connection, and its webhook starts nothing. */
  isDisabled: boolean;
  readonly projectReferences: {
    projectReference: { id: string; name: string };
    name: string;
    description: string;
  }[];
}

/** Which pipelines may use a resource. */
export interface Permission {
  allPipelines: boolean;
  readonly pipelines: Set<number>;
}

export type SubscriptionStatus =
  'enabled' | 'onProbation' | 'disabledByUser' | 'disabledBySystem' | 'disabledByInactiveIdentity';

export interface Subscription {
  readonly id: string;
  publisherId: string;
  eventType: string;
  resourceVersion: string;
  consumerId: string;
  consumerActionId: string;
  publisherInputs: Record<string, string>;
  consumerInputs: Record<string, string>;
  status: SubscriptionStatus;
  readonly createdDate: string;
  modifiedDate: string;
}

/** One event on its way to one subscriber. */
export interface Notification {
  readonly id: number;
  readonly subscriptionId: string;
  readonly eventId: string;
  readonly createdDate: string;
  status: 'requestInProgress' | 'completed';
  result: 'pending' | 'succeeded' | 'failed';
  readonly details: Record<string, unknown>;
}

/** What a deployment job deploys to. The approvers are those of its approval check. */
export interface Environment {
  readonly id: number;
  readonly name: string;
  approvers: readonly Identity[];
  instructions: string;
}

/** What an environment asks of every stage that deploys to it. */
export type Check = NewCheck & { readonly id: number };

export type NewCheck = { readonly environment: Environment } & (
  | { readonly type: 'Approval' }
  /** The pipeline extends one of these templates. */
  | { readonly type: 'ExtendsCheck'; readonly templates: readonly RequiredTemplate[] }
);

export interface RequiredTemplate {
  /** `git`, `github` … */
  readonly repositoryType: string;
  readonly repositoryName: string;
  readonly repositoryRef: string;
  readonly templatePath: string;
}

/** A stage's wait for somebody's word; any one approver's is enough. */
export interface Approval {
  readonly id: string;
  readonly build: Build;
  readonly stage: TimelineRecord;
  readonly environment: Environment;
  readonly createdOn: string;
  status: 'pending' | 'approved' | 'rejected' | 'canceled';
  comment: string;
  changedOn: string;
  /** Lets the stage go on, or ends it with a result. */
  readonly settle: (result: TaskResult | undefined) => void;
}

/** A change that service hooks tell subscribers of. */
export type Change =
  | { readonly kind: 'run' | 'build'; readonly build: Build }
  | {
      readonly kind: 'stage' | 'job';
      readonly build: Build;
      readonly record: TimelineRecord;
      /** A stage that waits for its checks has not started. */
      readonly isWaiting?: boolean;
    }
  | { readonly kind: 'approval'; readonly approval: Approval };

/** A message that a Service Bus queue of the stand-in holds. */
export interface QueueMessage {
  readonly queue: string;
  readonly body: unknown;
}

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  status: number;
}

/** The account that a job acts as: of its project, or of all projects. Both switches may be turned while runs go on. */
export interface BuildIdentity {
  scope: 'project' | 'projectCollection';
  /** Its permission Stop builds, as the pages of Azure DevOps name what is granted. */
  stopBuilds: 'allow' | 'deny' | 'notSet';
}

/** Switches that make the stand-in behave as a real organization sometimes does. */
export interface Faults {
  /** Refused credentials are answered with 203 and the sign-in page, as some organizations do, instead of 401. */
  signInPage: boolean;
  /** How often a new service connection is read before it is ready. */
  readsUntilReady: number;
  /** Answers by route: `GET /_apis/hooks/subscriptions` -> status. */
  readonly answers: Map<string, number>;
  /** What the token of a job may not read, as access checks name it: `Builds`, `WorkItems`, `Repositories`. */
  readonly deniedToJobs: Set<string>;
  /** An update of a service connection or a subscription keeps no secret that it does not send: a mask counts as what it says. */
  forgetsSecrets: boolean;
  /** A test notification is sent with the masks that it was asked with. */
  testsWithMasks: boolean;
}
