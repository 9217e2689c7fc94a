import type { JobApi, Problem } from '../../common/azure-devops/job-api.ts';
import { isRecord } from '../../common/json.ts';
import type { Commit } from './commits.ts';

export interface PullRequest {
  readonly id: number;
  /** Empty where only the number is known. */
  readonly title: string;
  /** When it was completed, in ms since the epoch. */
  readonly closed: number;
}

/** A repository of Azure Repos; others are asked for nothing. */
export function isAzureRepo(provider: string | undefined): boolean {
  return provider === undefined || provider.toLowerCase() === 'tfsgit';
}

/**
 * The completed pull requests that brought these commits: by what they are made of, and by what they were merged as, since one that was
 * squashed has none of its commits in the history.
 * @throws CanceledError
 */
export async function readPullRequests(
  api: JobApi,
  repository: string,
  commits: readonly Commit[],
): Promise<readonly PullRequest[] | Problem> {
  const items = commits.map(({ id }) => id);
  if (items.length === 0) return [];
  const path = `git/repositories/${encodeURIComponent(repository)}/pullrequestquery?api-version=5.0`;
  const queries = ['lastMergeCommit', 'commit'].map((type) => ({ type, items }));
  return api.ask({ path, body: { queries }, what: 'pull requests' }, requestsIn);
}

function requestsIn(answer: unknown): readonly PullRequest[] | Problem {
  const results: unknown = isRecord(answer) ? answer.results : undefined;
  if (!Array.isArray(results)) return { problem: 'Azure DevOps answered without results' };
  const found = results
    .filter(isRecord)
    .flatMap((result) => Object.values(result))
    .flatMap((requests): readonly unknown[] => (Array.isArray(requests) ? requests : []))
    .filter(isRecord)
    // What is still open holds the same commits.
    .filter(({ status, pullRequestId }) => status === 'completed' && typeof pullRequestId === 'number')
    .map(({ pullRequestId, title, closedDate }) => ({
      id: Number(pullRequestId),
      title: typeof title === 'string' ? title : '',
      closed: Date.parse(String(closedDate)) || 0,
    }));
  return [...new Map(found.map((request) => [request.id, request])).values()].sort(
    (a, b) => b.closed - a.closed || b.id - a.id,
  );
}

/** What GitHub's own messages tell of the pull requests of commits: of a merge, and of what was squashed. */
export function pullRequestsInTitles(commits: readonly Commit[]): readonly PullRequest[] {
  const found = commits.flatMap(({ title, time = 0 }): readonly PullRequest[] => {
    const merged = /^Merge pull request #(\d{1,9}) from /.exec(title);
    const squashed = /^(.*) \(#(\d{1,9})\)$/.exec(title);
    if (merged !== null) return [{ id: Number(merged[1]), title: '', closed: time }];
    return squashed === null ? [] : [{ id: Number(squashed[2]), title: squashed[1] ?? '', closed: time }];
  });
  return [...new Map(found.map((request) => [request.id, request])).values()];
}
