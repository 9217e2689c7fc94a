import type { CertificateSettings, ProxySettings } from '../../common/agent/host.ts';
import type { Connection } from '../../common/inputs/connection.ts';
import type { RunId } from '../../common/inputs/run-id.ts';

/** What the background process of live progress is told, as JSON on its standard input. */
export interface ProgressOrder {
  readonly connection: Connection;
  readonly runId: RunId;
  /** Whether the pipeline run is canceled where the run is ended in Port. */
  readonly isCanceledWithPort: boolean;
  /** It goes on while this file is there. */
  readonly aliveFile: string;
  /** Between two reads of the timeline, in ms. */
  readonly interval: number;
  readonly jobConnection: { readonly url: string | undefined; readonly token: string | undefined };
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly secrets: readonly string[];
  readonly proxy: ProxySettings | undefined;
  readonly certificates: CertificateSettings;
}

/** The variables that it needs. */
export const progressVariables = [
  'System.TeamProjectId',
  'Build.BuildId',
  'Release.ReleaseId',
  'System.JobId',
  'System.TaskInstanceId',
] as const;
