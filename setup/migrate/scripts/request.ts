import type { Value, ValueMap } from '../read/value.ts';

/** A call over HTTP in a script, as far as it can be read. */
export interface Request {
  /** In upper case. */
  readonly method: string;
  readonly url: string;
  readonly query: ValueMap;
  readonly body: Value | undefined;
  /** The file whose content is the body, as a path or glob. */
  readonly bodyFile: string | undefined;
  /** Row in the script's text, from 0. */
  readonly row: number;
  /** Whether an `if`, `||`, `catch` or the like decides if it is sent. */
  readonly isConditional: boolean;
  /** The answer goes on: to a variable, a pipe or a file. */
  readonly isAnswerUsed: boolean;
}

/** What a reader finds in a script. */
export interface Reading {
  readonly requests: readonly Request[];
  /** Rows of commands at the outermost level that do more than talk to Port. */
  readonly work: readonly number[];
  /** First and last row of each statement at the outermost level. */
  readonly statements: readonly (readonly [first: number, last: number])[];
}
