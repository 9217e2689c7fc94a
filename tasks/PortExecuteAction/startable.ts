import type { PortClient } from '../common/port/client/client.ts';
import type { StructuredMap } from '../common/structured-text/parse.ts';
import { oneLine } from '../common/text/plain-text.ts';
import type { ExecuteInputs } from './inputs.ts';

/** What a step can start and follow: a self-service action, or a workflow. */
export interface Startable {
  /** As messages name it: `action deploy`. */
  readonly name: string;
  /** Reads its definition, and gives the inputs the types that it demands. */
  typedInputs(port: PortClient, given: StructuredMap): Promise<Values>;
  start(port: PortClient, values: Values): Promise<StartedRun>;
  /** Runs that may be the one that was to be started with these inputs, made since a time in ms. */
  findStarted(port: PortClient, values: Values, since: number): Promise<readonly StartedRun[]>;
  getRun(port: PortClient, runId: string): Promise<StartedRun>;
  follow(port: PortClient, runId: string): Follower;
  pageOf(runId: string): string;
  /** Ends the run when the job is cancelled; left out where Port has no way to. */
  cancel?(port: PortClient, runId: string): Promise<void>;
}

/** By name. */
export type Values = Readonly<Record<string, unknown>>;

export interface StartedRun {
  readonly id: string;
  /** Port's word for how it stands or how it ended; SUCCESS is the only good end. */
  readonly status: string;
  readonly isFinished: boolean;
  readonly statusLabel: string | undefined;
  /** Found in Port, since the answer to its start was lost: it may be somebody else's, with the same inputs. */
  readonly isFound?: boolean | undefined;
}

/** Looks at a run again and again. */
export interface Follower {
  look(): Promise<StartedRun>;
  /** What happened in the run since the last call, as lines for the step's log; asked after each look. */
  news(): Promise<readonly string[]>;
}

/** A step's inputs, and what they name. */
export interface Execution {
  readonly inputs: ExecuteInputs;
  readonly startable: Startable;
}

export function nameOf({ kind, identifier }: Pick<ExecuteInputs, 'kind' | 'identifier'>): string {
  return `${kind} ${oneLine(identifier)}`;
}
