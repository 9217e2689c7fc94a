import { type JobApi, type Problem, isProblem } from '../../common/azure-devops/job-api.ts';
import { isRecord } from '../../common/json.ts';

export interface Commit {
  readonly id: string;
  /** The first line of its message. */
  readonly title: string;
  readonly author: string;
  /** When it was made, in ms since the epoch; undefined where Azure DevOps does not say. */
  readonly time: number | undefined;
  readonly url: string | undefined;
}

/** The builds between which contents are read; without a `from`, what `to` alone brought. */
export interface BuildRange {
  readonly from: number | undefined;
  readonly to: number;
}

export interface Commits {
  /** The newest first. */
  readonly commits: readonly Commit[];
  /** Whether there are, or may be, more of them, which were not read. */
  readonly hasMore: boolean;
}

/** So many commits are read, the newest: Azure DevOps tells no further pages. */
export const mostCommits = 250;

/** Of a single build Azure DevOps tells no more than that. */
const mostOfOneBuild = 200;

/** What is asked of builds has been in preview in every version so far; Azure DevOps Server 2019 has this one. */
export const previewVersion = 'api-version=5.0-preview.2';

/** The records of a list that Azure DevOps gave. */
export function listIn(answer: unknown): readonly Readonly<Record<string, unknown>>[] | Problem {
  const value: unknown = isRecord(answer) ? answer.value : undefined;
  return Array.isArray(value) ? value.filter(isRecord) : { problem: 'Azure DevOps answered without a list' };
}

/** @throws CanceledError */
export async function readCommits(
  api: JobApi,
  { from, to }: BuildRange,
  most = mostCommits,
): Promise<Commits | Problem> {
  const isOwn = from === undefined;
  const place = isOwn ? `builds/${to}/changes?` : `changes?fromBuildId=${from}&toBuildId=${to}&`;
  const top = isOwn ? mostOfOneBuild : most + 1;
  const path = `build/${place}$top=${top}&${previewVersion}`;
  const read = await api.ask({ path, what: 'the changes of builds' }, listIn);
  if (isProblem(read)) return read;
  const hasMore = read.length >= top;
  return { commits: read.slice(0, most).map(commitOf), hasMore };
}

function commitOf(change: Readonly<Record<string, unknown>>): Commit {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const time = Date.parse(text(change.timestamp));
  return {
    id: text(change.id),
    title: text(change.message),
    author: isRecord(change.author) ? text(change.author.displayName) : '',
    time: Number.isNaN(time) ? undefined : time,
    url: text(change.displayUri) || undefined,
  };
}

/** When the first of the commits was made; undefined where not all of them are known. */
export function firstCommitTime({ commits, hasMore }: Commits): number | undefined {
  const times = commits.flatMap(({ time }) => time ?? []);
  return hasMore || times.length === 0 || times.length < commits.length ? undefined : Math.min(...times);
}
