/** What a look at a part of the loop has found. `unknown`: no right to look, or no answer. */
export interface Finding {
  readonly state: 'ok' | 'missing' | 'wrong' | 'unknown';
  /** What is otherwise than wanted, or worth knowing, one line each. */
  readonly details: readonly string[];
  /** What Port has of it and the file has not, such as `schema.properties.owner`. */
  readonly extras?: readonly string[];
}

/** How a part is taken away. */
export interface Removal {
  /** Why it has to stay: it holds data, or others use it. */
  readonly obstacle?: (withData: boolean) => Promise<string | undefined>;
  readonly run: (withData: boolean) => Promise<void>;
}

/** One of the things that the loop is made of. */
export interface Part {
  /** For scripts, such as `port/action/deploy_service`. */
  readonly id: string;
  /** For people, such as `action deploy_service in Port`. */
  readonly title: string;
  /** Reads only. */
  look(): Promise<Finding>;
  /** Makes or mends it; absent where only a person can, who then needs `fix`. */
  apply?(): Promise<void>;
  /** Absent for what setup does not make. */
  readonly removal?: Removal;
  /** The file does not want it any more: there it is what `--prune` removes. */
  readonly isLeftover?: boolean;
  /** What to do by hand. */
  readonly fix?: string;
  /** Holds a secret that cannot be read back, and so not be compared. */
  readonly hasSecret?: boolean;
  /** Not having it does not keep the other parts from being made. */
  readonly isAdvice?: boolean;
  /** Others stand on it: that it cannot be reached is its fault, and says nothing about the others. */
  readonly isFoundation?: boolean;
}

export const ok = (...details: string[]): Finding => ({ state: 'ok', details });
export const missing = (...details: string[]): Finding => ({ state: 'missing', details });
export const wrong = (...details: string[]): Finding => ({ state: 'wrong', details });

/** `ok` where there are no faults. */
export const judged = (faults: readonly string[]): Finding => (faults.length === 0 ? ok() : wrong(...faults));

/** What to do where a use of the loop failed although its settings are right: secrets are not readable. */
export const secretsFix =
  'If Port\'s client secret was changed, run "port-azure-pipelines setup apply --rewrite-secrets".';
