import type { Host } from '../../common/agent/host.ts';
import { type JobApi, type JobApiContext, isProblem, withJobApi } from '../../common/azure-devops/job-api.ts';
import { type BuildRange, type Commits, readCommits } from './commits.ts';
import { type PullRequest, isAzureRepo, pullRequestsInTitles, readPullRequests } from './pull-requests.ts';
import { isRollback } from './rollback.ts';
import { type Start, startBuild } from './start.ts';
import { type WorkItem, readWorkItems } from './work-items.ts';

/** What a deployment brought, as far as it is known. */
export interface Contents extends Commits {
  readonly workItems: readonly WorkItem[];
  readonly pullRequests: readonly PullRequest[];
  /** Undefined where that cannot be told. */
  readonly isRollback: boolean | undefined;
  /** What a reader should know of them, each a sentence. */
  readonly remarks: readonly string[];
  /** What could not be read, and why. */
  readonly problems: readonly string[];
}

/**
 * Reads the contents of this build since the start, with the job's own token. Never throws for what Azure DevOps answers.
 * @param patience the time for all of it, in ms.
 * @throws CanceledError
 */
export async function readContents(
  context: JobApiContext,
  start: Start,
  patience: number,
): Promise<Contents | { readonly problems: readonly string[] }> {
  const { host } = context;
  const to = Number(host.variable('Build.BuildId'));
  if (!Number.isSafeInteger(to) || to <= 0) return { problems: ['there is no build here'] };
  const answer = await withJobApi(context, patience, async (api) => {
    const from = await startBuild(api, start, definitionOf(host));
    if (isProblem(from)) return from;
    const read = await readCommits(api, { from, to });
    return isProblem(read) ? read : readRest(api, host, { range: { from, to }, read });
  });
  return isProblem(answer) ? { problems: [`commits (${answer.problem})`] } : answer;
}

/** Of a classic release, the pipeline that built what it deploys. */
function definitionOf(host: Pick<Host, 'variable'>): string | undefined {
  return host.variable('Release.ReleaseId') === undefined
    ? host.variable('System.DefinitionId')
    : host.variable('Build.DefinitionId');
}

async function readRest(
  api: JobApi,
  host: Pick<Host, 'variable'>,
  { range, read }: { range: BuildRange; read: Commits },
): Promise<Contents> {
  const { items: workItems, problem } = await readWorkItems(api, range);
  const problems = problem === undefined ? [] : [`work items (${problem})`];
  const remarks = read.hasMore ? [moreCommits(read.commits.length)] : [];
  let pullRequests: readonly PullRequest[] = [];
  const provider = host.variable('Build.Repository.Provider');
  if (isAzureRepo(provider)) {
    const found = await readPullRequests(api, host.variable('Build.Repository.ID') ?? '', read.commits);
    if (isProblem(found)) problems.push(`pull requests (${found.problem})`);
    else pullRequests = found;
  } else {
    pullRequests = provider?.startsWith('GitHub') === true ? pullRequestsInTitles(read.commits) : [];
    remarks.push(
      `Azure DevOps knows no pull requests of a repository at ${provider ?? 'another place'}: shown are those that the messages of commits name.`,
    );
  }
  const isBack = await readRollback(api, range, read.commits.length);
  return { ...read, workItems, pullRequests, isRollback: isBack, remarks, problems };
}

function moreCommits(count: number): string {
  return `These are the newest ${count} commits; there are more, or may be. The lead time is left out, since the first commit may not be among them.`;
}

async function readRollback(
  api: JobApi,
  { from, to }: BuildRange,
  forward: number,
): Promise<boolean | undefined> {
  if (from === undefined || from === to || forward > 0) return isRollback(forward, 0);
  const gone = await readCommits(api, { from: to, to: from }, 1);
  return isRollback(forward, isProblem(gone) ? undefined : gone.commits.length);
}
