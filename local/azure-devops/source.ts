import { randomBytes } from 'node:crypto';
import type { RepositoryFolder } from '../agent/types.ts';
import { identityJson, projectJson, repositoryOf } from './build-json.ts';
import { type JsonObject, isObject } from './json.ts';
import type { Build } from './model.ts';
import type { Commit, PullRequest, WorkItem } from './source-model.ts';
import { type State, organizationUrl, projectUrl } from './state.ts';

/** A commit: all but its message has a default. It follows the newest where it names no parents. */
export type NewCommit = Pick<Commit, 'message'> & Partial<Commit>;
export type NewWorkItem = Pick<WorkItem, 'title'> & Partial<WorkItem>;
export type NewPullRequest = Pick<PullRequest, 'title' | 'commits'> & Partial<PullRequest>;

/** Runs that are queued from now on build this commit, unless they name another. */
export function addCommit(state: State, given: NewCommit): Commit {
  const newest = state.commits.at(-1);
  const commit = {
    id: randomBytes(20).toString('hex'),
    author: state.requestedFor,
    date: new Date().toISOString(),
    parents: newest === undefined ? [] : [newest.id],
    workItems: [],
    ...given,
  };
  state.commits.push(commit);
  return commit;
}

export function addWorkItem(state: State, given: NewWorkItem): WorkItem {
  const item = { id: state.workItems.size + 1, type: 'User Story', state: 'Active', ...given };
  state.workItems.set(item.id, item);
  return item;
}

/** A completed pull request, where no other status is given. Without a merge commit it was fast-forwarded. */
export function addPullRequest(state: State, given: NewPullRequest): PullRequest {
  const now = new Date().toISOString();
  const { status = 'completed' } = given;
  const request: PullRequest = {
    id: state.pullRequests.length + 1,
    status,
    mergeStatus: 'succeeded',
    createdBy: state.requestedFor,
    creationDate: now,
    ...(status !== 'active' && { closedDate: now }),
    sourceBranch: 'refs/heads/feature',
    mergeCommit: given.commits.at(-1) ?? '',
    ...given,
  };
  state.pullRequests.push(request);
  return request;
}

/** A branch or tag of a repository whose files lie in a folder; `ref` is `refs/heads/main` where it is not given. */
export type NewRepository = Pick<RepositoryFolder, 'name' | 'directory'> & Partial<RepositoryFolder>;

export function addRepository(state: State, { name, ...given }: NewRepository): RepositoryFolder {
  const [repository = '', project = state.project.name] = name.split('/').reverse();
  const folder: RepositoryFolder = {
    type: 'git',
    name: `${project}/${repository}`,
    ref: 'refs/heads/main',
    version: randomBytes(20).toString('hex'),
    url: `${organizationUrl(state)}/${encodeURIComponent(project)}/_git/${encodeURIComponent(repository)}`,
    ...given,
  };
  state.repositories.push(folder);
  return folder;
}

/** Ids of a build's commit and of all that it descends from. */
function historyOf(state: State, build: Build | undefined): Set<string> {
  const history = new Set(build === undefined ? [] : [build.request.sourceVersion]);
  for (const { id, parents } of state.commits.toReversed())
    if (history.has(id)) for (const parent of parents) history.add(parent);
  return history;
}

/** Commits that the one build's source has not and the other's has, the newest first: none where it is a rollback. */
export function commitsBetween(state: State, from: Build | undefined, to: Build): Commit[] {
  const [before, after] = [historyOf(state, from), historyOf(state, to)];
  return state.commits.filter(({ id }) => after.has(id) && !before.has(id)).reverse();
}

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

export const firstLine = (message: string): string => message.split(/\r?\n/)[0] ?? '';

/** The repository in its own API. */
function repositoryApi(state: State): string {
  const { id, type } = repositoryOf(state);
  if (type === 'GitHub') return `https://api.github.com/repos/${id}`;
  return `${organizationUrl(state)}/_apis/git/repositories/${id}`;
}

/** Of a message, only the first line is told. */
export function changeJson(state: State, { id, message, author, date }: Commit): JsonObject {
  const { type, url } = repositoryOf(state);
  const { displayName, uniqueName } = author;
  return {
    id,
    message: firstLine(message),
    type,
    author: type === 'GitHub' ? { id: uniqueName, displayName } : identityJson(state, author),
    timestamp: date,
    location: `${repositoryApi(state)}/commits/${id}`,
    ...(firstLine(message) !== message && { messageTruncated: true }),
    displayUri: `${url}/commit/${id}`,
    ...(type === 'TfsGit' && { pusher: author.id }),
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

/** Of the fields, those that are named, or all. */
export function workItemJson(state: State, item: WorkItem, named?: readonly unknown[]): JsonObject {
  const fields = {
    'System.Id': item.id,
    'System.TeamProject': state.project.name,
    'System.WorkItemType': item.type,
    'System.State': item.state,
    'System.Title': item.title,
  };
  const shown = Object.entries(fields).filter(([name]) => named?.includes(name) ?? true);
  return { id: item.id, rev: 1, fields: Object.fromEntries(shown), url: workItemUrl(state, item.id) };
}

export const workItemPage = (state: State, { id }: WorkItem): string =>
  `${projectUrl(state)}/_workitems/edit/${id}`;

function pullRequestJson(state: State, request: PullRequest): JsonObject {
  const { id, title, status, mergeStatus, createdBy, creationDate, closedDate } = request;
  const { id: repositoryId, name } = repositoryOf(state);
  const url = repositoryApi(state);
  const commit = (commitId = '') => ({ commitId, url: `${url}/commits/${commitId}` });
  return {
    repository: { id: repositoryId, name, url, project: projectJson(state) },
    pullRequestId: id,
    codeReviewId: id,
    status,
    createdBy: identityJson(state, createdBy),
    creationDate,
    ...(closedDate !== undefined && { closedDate }),
    title,
    sourceRefName: request.sourceBranch,
    targetRefName: 'refs/heads/main',
    mergeStatus,
    isDraft: false,
    lastMergeSourceCommit: commit(request.commits.at(-1)),
    lastMergeCommit: commit(request.mergeCommit),
    url: `${url}/pullRequests/${id}`,
  };
}

/** Answers one query: pull requests by the commits that they bring (`commit`, 2) or were merged as (`lastMergeCommit`, 1). */
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
