import { randomBytes } from 'node:crypto';
import { identityJson, projectJson, repositoryJson } from './build-json.ts';
import { type JsonObject, isObject } from './json.ts';
import type { Build, Commit, PullRequest, WorkItem } from './model.ts';
import { type State, organizationUrl, projectUrl } from './state.ts';

/** A commit to put on the default branch: all but its message has a default. */
export type NewCommit = Pick<Commit, 'message'> & Partial<Commit>;
export type NewWorkItem = Pick<WorkItem, 'title'> & Partial<WorkItem>;
export type NewPullRequest = Pick<PullRequest, 'title' | 'commits'> & Partial<PullRequest>;

/** Runs that are queued from now on build this commit, unless they name another. */
export function addCommit(state: State, given: NewCommit): Commit {
  const id = randomBytes(20).toString('hex');
  const commit = { id, author: state.requestedFor, date: new Date().toISOString(), workItems: [], ...given };
  state.commits.push(commit);
  return commit;
}

export function addWorkItem(state: State, given: NewWorkItem): WorkItem {
  const item = { id: state.workItems.size + 1, type: 'User Story', state: 'Active', ...given };
  state.workItems.set(item.id, item);
  return item;
}

/** A completed pull request. Without a merge commit of its own it was fast-forwarded to the last of its commits. */
export function addPullRequest(state: State, given: NewPullRequest): PullRequest {
  const now = new Date().toISOString();
  const request = {
    id: state.pullRequests.length + 1,
    createdBy: state.requestedFor,
    creationDate: now,
    closedDate: now,
    sourceBranch: 'refs/heads/feature',
    mergeCommit: given.commits.at(-1) ?? '',
    ...given,
  };
  state.pullRequests.push(request);
  return request;
}

const placeOf = (state: State, build: Build | undefined): number =>
  state.commits.findIndex(({ id }) => id === build?.request.sourceVersion);

/** Commits after the one build's up to the other's, the newest first; all before it where `from` is not given. */
export const commitsBetween = (state: State, from: Build | undefined, to: Build): Commit[] =>
  state.commits.slice(placeOf(state, from) + 1, placeOf(state, to) + 1).reverse();

/** What a build brought: commits since the pipeline's last success before it. */
export function commitsOf(state: State, build: Build): Commit[] {
  const before = [...state.builds.values()].findLast(
    ({ id, pipeline, result }) =>
      id < build.id &&
      pipeline === build.pipeline &&
      (result === 'succeeded' || result === 'partiallySucceeded'),
  );
  return commitsBetween(state, before, build);
}

export function changeJson(state: State, { id, message, author, date }: Commit): JsonObject {
  const { url } = repositoryJson(state);
  const location = `${organizationUrl(state)}/_apis/git/repositories/${String(repositoryJson(state).id)}/commits/${id}`;
  return {
    id,
    message,
    type: 'TfsGit',
    author: identityJson(state, author),
    timestamp: date,
    location,
    displayUri: `${String(url)}/commit/${id}`,
    pusher: author.id,
  };
}

const workItemUrl = (state: State, id: number): string =>
  `${organizationUrl(state)}/_apis/wit/workItems/${id}`;

/** References to the work items of commits, each once. */
export const workItemRefs = (state: State, commits: readonly Commit[]): JsonObject[] =>
  [...new Set(commits.flatMap(({ workItems }) => workItems))].map((id) => ({
    id: String(id),
    url: workItemUrl(state, id),
  }));

export const workItemJson = (state: State, { id, title, type, state: status }: WorkItem): JsonObject => ({
  id,
  rev: 1,
  fields: {
    'System.TeamProject': state.project.name,
    'System.WorkItemType': type,
    'System.State': status,
    'System.Title': title,
  },
  _links: { html: { href: `${projectUrl(state)}/_workitems/edit/${id}` } },
  url: workItemUrl(state, id),
});

function pullRequestJson(state: State, request: PullRequest): JsonObject {
  const { id, title, createdBy, creationDate, closedDate, sourceBranch, commits, mergeCommit } = request;
  const repository = repositoryJson(state);
  return {
    repository: { ...repository, project: projectJson(state) },
    pullRequestId: id,
    codeReviewId: id,
    status: 'completed',
    createdBy: identityJson(state, createdBy),
    creationDate,
    closedDate,
    title,
    sourceRefName: sourceBranch,
    targetRefName: 'refs/heads/main',
    mergeStatus: 'succeeded',
    isDraft: false,
    lastMergeSourceCommit: { commitId: commits.at(-1) },
    lastMergeCommit: { commitId: mergeCommit },
    url: `${organizationUrl(state)}/_apis/git/repositories/${String(repository.id)}/pullRequests/${id}`,
  };
}

/** Answers one query: pull requests by the commits that they brought (`commit`, 2) or were merged as (`lastMergeCommit`, 1). */
export function queryPullRequests(state: State, query: unknown): JsonObject {
  const { type, items } = isObject(query) ? query : {};
  const isByMerge = type === 1 || type === 'lastMergeCommit';
  const found = (Array.isArray(items) ? items.map(String) : []).map((sha) => {
    const requests = state.pullRequests.filter(({ commits, mergeCommit }) =>
      isByMerge ? mergeCommit === sha : commits.includes(sha),
    );
    return [sha, requests.map((each) => pullRequestJson(state, each))] as const;
  });
  return Object.fromEntries(found.filter(([, requests]) => requests.length > 0));
}
