import type { Identity } from '../agent/types.ts';

export interface Commit {
  readonly id: string;
  readonly message: string;
  readonly author: Identity;
  readonly date: string;
  readonly parents: readonly string[];
  /** Ids of the work items that it names. */
  readonly workItems: readonly number[];
}

export interface WorkItem {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly state: string;
}

/** A pull request to the default branch. */
export interface PullRequest {
  readonly id: number;
  readonly title: string;
  readonly status: 'active' | 'abandoned' | 'completed';
  readonly mergeStatus: 'succeeded' | 'conflicts' | 'failure' | 'queued' | 'rejectedByPolicy';
  readonly createdBy: Identity;
  readonly creationDate: string;
  readonly closedDate?: string;
  readonly sourceBranch: string;
  /** What it brings, and the commit that it was merged as, or would be. */
  readonly commits: readonly string[];
  readonly mergeCommit: string;
}

/** A branch that somebody pushed by the interface, beside the default one. */
export interface PushedBranch {
  readonly commit: Commit;
  /** Content by path, of what the push added. */
  readonly files: Readonly<Record<string, string>>;
}
