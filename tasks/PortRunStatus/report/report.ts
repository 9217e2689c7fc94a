import type { Verdict } from '../status.ts';

/** What one call of a step tells Port: the log first, then everything else at once. */
export interface Report {
  /** Plain text in lines; empty: nothing for the log. */
  readonly log: string;
  readonly label: string | undefined;
  /** Empty: the links stay as they are. */
  readonly links: readonly string[];
  readonly summary: string | undefined;
  readonly externalRunId: string | undefined;
  /** Undefined: the run stays open. */
  readonly verdict: Verdict | undefined;
}

export interface Reported {
  /** Port's word for the run's status now; undefined where Port refused to change it. */
  readonly status: string | undefined;
  readonly logEntries: number;
  /** What did not go as asked and needs no action. */
  readonly notes: readonly string[];
  /** What the user should look at. */
  readonly warnings: readonly string[];
}
