import type { LocalPort } from '../../local/port/index.ts';

/** What may happen when a call is sent twice, and how the task goes about it. */
export type Repeat =
  /** Repeated: once or twice is the same. */
  | 'safe'
  /** Looked for first, and sent again only where it was not done. */
  | 'asksFirst'
  /** Sent once, unless Port refused it (429, 401); where it is lost the step goes on without it. */
  | 'once';

/** One call of a task: how to get the task to make it, and what Port holds when it was done once. */
export interface Scenario {
  readonly task: string;
  readonly call: string;
  readonly method: string;
  readonly path: RegExp;
  readonly repeat: Repeat;
  /** Fills Port, and gives the inputs and variables of the step. */
  prepare(port: LocalPort): Promise<Step>;
  /** What Port holds when the step has succeeded. */
  readonly done: string;
  /** What is different from the rule, by the name of the trouble. */
  readonly exceptions?: Readonly<Record<string, Expected>>;
  /** Names of troubles that are not tried here. */
  readonly without?: readonly string[];
  /** Where the step outlasts its calls: how often a trouble strikes that else strikes for ever, by its name. */
  readonly outlasted?: Readonly<Record<string, number>>;
  /** Seconds for the step, where the trouble says nothing about it. */
  readonly timeoutSeconds?: number;
  /** The longest that a case may take, in seconds, where that is more than the step's time. */
  readonly longest?: number;
  /** A line of the output that is there once when the step has succeeded. */
  readonly shows?: string;
  /** What Port may hold when it has failed; `done` is one of them only where the answer was lost. */
  readonly undone: readonly string[];
}

export interface Expected {
  readonly result: 'Succeeded' | 'Failed';
  /** How often the call is made; at least so often where that depends on chance. */
  readonly tries: number | { readonly atLeast: number };
  /** What Port holds; the scenario's `done` or `undone` when left out. */
  readonly state?: string;
  /** The code at the end of the message, where it is not the one of the rule. */
  readonly code?: string;
  /** The scenario's line is not shown. */
  readonly isSilent?: boolean;
}

export interface Step {
  /** The main step when left out. */
  readonly entry?: 'finish';
  readonly environment?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  /** What Port holds, in one line. */
  state(): string;
}
