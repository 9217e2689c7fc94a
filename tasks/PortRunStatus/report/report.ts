import type { Verdict } from '../status.ts';

/** What one call of a step tells Port: the log first, then everything else at once. */
export interface Report {
  /** Plain text in lines; empty: nothing for the log. */
  readonly log: string;
  readonly label: string | undefined;
  /** Whether this workflow node's run takes no label: then it is a line of its log. */
  readonly isLabelRefused?: boolean;
  /** Added to those that the run has; empty: the links stay as they are. */
  readonly links: readonly string[];
  /** Whether nobody can have given the run links before: those need not be asked for. */
  readonly isFirst?: boolean;
  readonly summary: string | undefined;
  readonly externalRunId: string | undefined;
  /** What later nodes of a workflow read; action runs have none. */
  readonly output?: Readonly<Record<string, unknown>> | undefined;
  /** Undefined: the run stays open. */
  readonly verdict: Verdict | undefined;
}

/** The parts of a report without which the run has its end all the same. */
export type Detail = 'log' | 'links' | 'summary' | 'externalRunId' | 'label' | 'output';

/** What Port holds after a report, as far as it is known: what it said, else what it took. */
export interface Reported {
  /** Port's word for the run's status; undefined where Port refused to change it and does not let it be read. */
  readonly status: string | undefined;
  readonly label: string | undefined;
  readonly links: readonly string[];
  /** The details that Port took. */
  readonly taken: readonly Detail[];
  /** The details that Port would refuse at a later time too. */
  readonly refused: readonly Detail[];
  /** What did not go as asked and needs no action. */
  readonly notes: readonly string[];
  /** What the user should look at. */
  readonly warnings: readonly string[];
}
