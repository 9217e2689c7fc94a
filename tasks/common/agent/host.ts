/** The agent's own proxy (`config.sh --proxyurl …`). */
export interface ProxySettings {
  readonly url: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** A JSON array of regular expressions, as the agent hands it over; may hold expressions that do not compile. */
  readonly bypassList: string | undefined;
}

/** A service connection that an input names. */
export interface ConnectionDetails {
  readonly url: string | undefined;
  /** The parameters of the basic scheme; Port's client id and client secret. */
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** Certificates that the agent was configured with (`config.sh --sslcacert --sslclientcert …`). All are file paths. */
export interface CertificateSettings {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** A PFX archive. */
  readonly archiveFile?: string | undefined;
  readonly passphrase?: string | undefined;
}

export type StepResult = 'Succeeded' | 'SucceededWithIssues' | 'Failed' | 'Canceled';

/** Files that a path or glob names, as absolute paths in a stable order. */
export type FindFiles = (root: string, pattern: string) => readonly string[];

/** What a task sees of the agent. Whatever text is given to it reaches the log neutralised and redacted. */
export interface Host {
  /** A trimmed input; undefined where it is absent or empty. */
  input(name: string): string | undefined;
  /** A pipeline variable, secret or not, by its name with dots. */
  variable(name: string): string | undefined;
  /** Whether there is a variable of this name, in any case and whatever its value: also an empty one. */
  hasVariable(name: string): boolean;
  /** The names of all variables of the job, secret or not, as the agent tells them. */
  declaredVariables(): readonly string[];
  /** The values of all secret variables of this job. */
  secretValues(): readonly string[];
  serviceConnection(id: string): ConnectionDetails;
  /** The URL and token of the job's own connection to Azure DevOps. */
  jobConnection(): { url: string | undefined; token: string | undefined };
  proxy(): ProxySettings | undefined;
  certificates(): CertificateSettings;

  taskVariable(name: string): string | undefined;
  setTaskVariable(name: string, value: string): void;
  setOutput(name: string, value: string): void;
  setVariable(name: string, value: string): void;
  /** Registers a value with the agent, which from then on masks it in every log of this job. */
  maskSecret(value: string): void;

  debug(text: string): void;
  info(text: string): void;
  warning(text: string): void;
  progress(percent: number, text: string): void;
  /** Shows a Markdown file on the run's summary page. */
  attachSummary(file: string): void;
  /** Ends the step; called once, by main. */
  complete(result: StepResult, message: string): void;
}
