import type { BuildRunner, Identity, RunRequest, Variable } from '../agent/types.ts';
import type { WebhookTrigger } from '../agent/yaml/triggers.ts';

export interface AzureDevOpsOptions {
  readonly runner: BuildRunner;
  /** Reads the webhook triggers out of a pipeline's YAML file. */
  readonly triggers: (pipelineFile: string) => readonly WebhookTrigger[] | Promise<readonly WebhookTrigger[]>;
  /**
   * The run's number before any agent has it, as the server works it out from `name:`. Throws for YAML that cannot
   * be compiled: such a run is not made. Default: date and revision.
   */
  readonly runNumber?: (request: RunRequest) => string | Promise<string>;
  /** The pipeline's YAML after compilation. Throws as `runNumber` does. Without it, no preview is served. */
  readonly preview?: (request: RunRequest) => string | Promise<string>;
  /** Port to listen on; 0 (the default) picks a free one. */
  readonly port?: number;
  readonly organization?: string;
  /** Path of the organization or collection, such as `/tfs/DefaultCollection`; default `/{organization}`. */
  readonly collectionPath?: string;
  readonly project?: string | { readonly id: string; readonly name: string };
  /** `owner/name` of the repository at GitHub that the pipelines build, in place of the project's own. */
  readonly gitHubRepository?: string;
  /** Accepted as the password of Basic credentials. */
  readonly personalAccessToken?: string;
  /** Accepted as a Bearer token with all rights, as one that Entra ID issued would be. */
  readonly entraToken?: string;
  /** A known token whose holder may do nothing: every call is refused with 403. */
  readonly tokenWithoutRights?: string;
  /** Refused as a personal access token is whose time is over. */
  readonly expiredToken?: string;
  /** The newest version of its interface, such as `7.0` for Azure DevOps Server 2022; default 7.2, with 7.1 released. */
  readonly newestVersion?: string;
  readonly requestedFor?: Identity;
  /** What the job's own token may do at first: read its build and timeline, stop its build as well, or nothing. */
  readonly jobToken?: 'read' | 'stop' | 'denied';
  /** Answers the timeline in place of it: a status that is an error, or other records; undefined lets it be. */
  readonly timeline?: () => { readonly status: number } | { readonly records: readonly object[] } | undefined;
  /** Milliseconds before each further try of a delivery that met 408, 502, 503 or 504. Default: eight tries. */
  readonly deliveryDelays?: readonly number[];
}

export interface PipelineDefinition {
  readonly name: string;
  /** Absolute path of the YAML file. */
  readonly file: string;
  /** The folder that `checkout` copies. */
  readonly repositoryDirectory: string;
  /** Where it stands among the pipelines: `\\` (the default), or `\\team`. */
  readonly folder?: string;
  readonly variables?: Readonly<Record<string, Variable>>;
  readonly defaultBranch?: string;
  /** It ran before anybody looked, so that webhooks start it. Default: it listens once it has a run. */
  readonly hasRunOnce?: boolean;
}
