import type { BuildRunner, Identity, RunRequest, Variable } from '../agent/types.ts';

/** A `resources.webhooks` entry of a pipeline's YAML. All filters must match; `path` is dotted. */
export interface WebhookTrigger {
  readonly alias: string;
  /** Name of the incoming-webhook service connection. */
  readonly connection: string;
  readonly filters: readonly { readonly path: string; readonly value: string }[];
}

/** Waits before the next try of a service hook delivery, in milliseconds. */
export interface DeliveryDelays {
  /** After 408, 502, 503 and 504. Azure DevOps: 1, 2, 4, 8, 16, 32, 60 and 60 seconds. */
  readonly transient: readonly number[];
  /** After any other failure, on probation. Azure DevOps: 20 minutes to 15 hours, 7 times. */
  readonly probation: readonly number[];
}

/** A runner that may know how to have its machine die; one that does not is told by the reason of the abort. */
export interface Runner extends BuildRunner {
  lose?(buildId: number): void;
}

export interface AzureDevOpsOptions {
  readonly runner: Runner;
  /** Reads the webhook triggers out of a pipeline's YAML file. */
  readonly triggers: (pipelineFile: string) => readonly WebhookTrigger[] | Promise<readonly WebhookTrigger[]>;
  /**
   * The run's number before any agent has it, as the server works it out from `name:`. Throws for YAML that cannot
   * be compiled: such a run is not made. Default: date and revision.
   */
  readonly runNumber?: (request: RunRequest) => string | Promise<string>;
  /** Port to listen on; 0 (the default) picks a free one. */
  readonly port?: number;
  readonly organization?: string;
  /** Path of the organization or collection, such as `/tfs/DefaultCollection`; default `/{organization}`. */
  readonly collectionPath?: string;
  readonly project?: string | { readonly id: string; readonly name: string };
  /** Accepted as the password of Basic credentials. */
  readonly personalAccessToken?: string;
  /** Accepted as a Bearer token with all rights, as one that Entra ID issued would be. */
  readonly entraToken?: string;
  /** A known token whose holder may do nothing: every call is refused with 403. */
  readonly tokenWithoutRights?: string;
  readonly requestedFor?: Identity;
  /** What the job's own token may read: its build and timeline, or nothing. */
  readonly jobToken?: 'read' | 'denied';
  /** How many runs go on at the same time. */
  readonly agents?: number;
  /** The setting "Limit variables that can be set at queue time". */
  readonly limitQueueTimeVariables?: boolean;
  readonly deliveryDelays?: DeliveryDelays;
}

/** A variable of a pipeline's own definition, as its Variables dialog keeps it. */
export interface PipelineVariable extends Variable {
  /** "Let users override this value when running this pipeline". */
  readonly allowOverride?: boolean;
}

export interface PipelineDefinition {
  readonly name: string;
  /** Absolute path of the YAML file. */
  readonly file: string;
  /** The folder that `checkout` copies. */
  readonly repositoryDirectory: string;
  readonly variables?: Readonly<Record<string, PipelineVariable>>;
  readonly variableGroups?: Readonly<Record<string, Readonly<Record<string, Variable>>>>;
  readonly defaultBranch?: string;
  /** A webhook starts no pipeline that was never run by hand; default true: it was. */
  readonly hasRunOnce?: boolean;
}
