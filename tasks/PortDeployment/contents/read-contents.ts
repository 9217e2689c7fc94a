import type { Host } from '../../common/agent/host.ts';
import { type JobApi, type Problem, isProblem } from '../../common/azure-devops/job-api.ts';
import { allOf } from '../../common/parallel.ts';
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

/** Commits and work items are read side by side, and so is what either leads to. */
export const connectionsForContents = 2;

/**
 * Reads the contents of this build since the start, with the job's own token. Never throws for what Azure DevOps answers. The work
 * items are asked for in vain where the commits cannot be read, which is seldom.
 * @param api or why Azure DevOps cannot be asked.
 * @throws CanceledError
 */
export async function readContents(
  host: Pick<Host, 'variable'>,
  api: JobApi | Problem,
  start: Start,
): Promise<Contents | { readonly problems: readonly string[] }> {
  const to = Number(host.variable('Build.BuildId'));
  if (!Number.isSafeInteger(to) || to <= 0) return { problems: ['there is no build here'] };
  if (isProblem(api)) return withoutCommits(api);
  const from = await startBuild(api, start, definitionOf(host));
  if (isProblem(from)) return withoutCommits(from);
  const range = { from, to };
  const [brought, { items: workItems, problem }] = await allOf([
    readBrought(api, host, range),
    readWorkItems(api, range),
  ]);
  if (isProblem(brought)) return withoutCommits(brought);
  const problems = [...(problem === undefined ? [] : [`work items (${problem})`]), ...brought.problems];
  return { ...brought, workItems, problems };
}

function withoutCommits({ problem }: Problem): { readonly problems: readonly string[] } {
  return { problems: [`commits (${problem})`] };
}

/** Of a classic release, the pipeline that built what it deploys. */
function definitionOf(host: Pick<Host, 'variable'>): string | undefined {
  return host.variable('Release.ReleaseId') === undefined
    ? host.variable('System.DefinitionId')
    : host.variable('Build.DefinitionId');
}

/** The commits, and what they lead to. */
async function readBrought(
  api: JobApi,
  host: Pick<Host, 'variable'>,
  range: BuildRange,
): Promise<Omit<Contents, 'workItems'> | Problem> {
  const read = await readCommits(api, range);
  if (isProblem(read)) return read;
  const [requests, isBack] = await allOf([
    pullRequestsOf(api, host, read.commits),
    readRollback(api, range, read.commits.length),
  ]);
  const more = read.hasMore ? [moreCommits(read.commits.length)] : [];
  return { ...read, ...requests, isRollback: isBack, remarks: [...more, ...requests.remarks] };
}

async function pullRequestsOf(
  api: JobApi,
  host: Pick<Host, 'variable'>,
  commits: Commits['commits'],
): Promise<Pick<Contents, 'pullRequests' | 'problems' | 'remarks'>> {
  const provider = host.variable('Build.Repository.Provider');
  if (isAzureRepo(provider)) {
    const found = await readPullRequests(api, host.variable('Build.Repository.ID') ?? '', commits);
    return isProblem(found)
      ? { pullRequests: [], problems: [`pull requests (${found.problem})`], remarks: [] }
      : { pullRequests: found, problems: [], remarks: [] };
  }
  return {
    pullRequests: provider?.startsWith('GitHub') === true ? pullRequestsInTitles(commits) : [],
    problems: [],
    remarks: [
      `Azure DevOps knows no pull requests of a repository at ${provider ?? 'another place'}: shown are those that the messages of commits name.`,
    ],
  };
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
