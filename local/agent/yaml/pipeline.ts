/** A pipeline as it stands after `${{ }}` was expanded. `at` is `file:line`. */
export interface Pipeline {
  /** The run number's format, with its place. */
  readonly name: { readonly text: string; readonly at: string } | undefined;
  readonly variables: readonly VariableDefinition[];
  readonly stages: readonly Stage[];
}

export interface VariableDefinition {
  readonly at: string;
  readonly name: string;
  readonly value: string;
  readonly isReadOnly: boolean;
}

interface Scheduled {
  readonly at: string;
  readonly name: string;
  readonly displayName: string;
  readonly dependsOn: readonly string[];
  readonly condition: string | undefined;
  readonly variables: readonly VariableDefinition[];
}

export interface Stage extends Scheduled {
  /** The pipeline has no `stages:`; its records are then named without the stage. */
  readonly isImplicit: boolean;
  readonly jobs: readonly Job[];
}

export interface Job extends Scheduled {
  /** The image's name or `Agent.OS` of its machine, with `$(variables)`; empty: the machine that the agent runs on. */
  readonly image: string;
  readonly isDeployment: boolean;
  readonly environment: string | undefined;
  readonly continueOnError: boolean;
  /** Minutes; 0 is no limit. */
  readonly timeoutInMinutes: number;
  readonly cancelTimeoutInMinutes: number;
  readonly matrix: Matrix | undefined;
  /** In a deployment job those of all its hooks. */
  readonly steps: readonly Step[];
  /** Of a deployment job, in the order they run. */
  readonly hooks: readonly Hook[];
}

/** A part of a deployment job: an agent job of its own. */
export interface Hook {
  readonly name: HookName;
  readonly image: string;
  readonly steps: readonly Step[];
}

export type HookName =
  'PreDeploy' | 'Deploy' | 'RouteTraffic' | 'PostRouteTraffic' | 'OnSuccess' | 'OnFailure';

export interface Matrix {
  /** A runtime expression that gives the variables of each leg, as JSON. */
  readonly legs: string;
  /** 0 is no limit. */
  readonly maxParallel: number;
  readonly at: string;
}

export interface Step {
  readonly at: string;
  /** `Name@Major`; `Checkout@1` is the agent's own. */
  readonly task: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly name: string | undefined;
  readonly displayName: string | undefined;
  readonly condition: string | undefined;
  readonly continueOnError: boolean;
  readonly isEnabled: boolean;
  readonly environment: Readonly<Record<string, string>>;
  /** Minutes; 0 is no limit. */
  readonly timeoutInMinutes: number;
  readonly retryCountOnTaskFailure: number;
}
