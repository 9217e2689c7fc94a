import type { Host } from '../agent/host.ts';
import { CanceledError, NetworkError } from '../errors.ts';
import { isRecord, parseAnswerJson } from '../json.ts';
import type { TaskContext } from '../main.ts';
import { openTransport } from '../network/open-transport.ts';
import { backoffDelay, retryableStatuses } from '../network/retry.ts';
import type { HttpResponse } from '../network/transport.ts';
import { userAgent } from '../version.ts';

/** A record of the build timeline (Azure DevOps: GET …/build/builds/{id}/timeline), as far as the tasks look at it. */
export interface TimelineRecord {
  readonly id: string;
  readonly parentId: string | undefined;
  /** Stage, Phase, Job, Task, Checkpoint … */
  readonly type: string;
  readonly name: string;
  readonly identifier: string;
  /** The name in the YAML: `build`, `__default`; pre- and post-job records have that of their step. */
  readonly refName: string;
  /** Name of the task (`PortRunStatus`); undefined for what the agent adds by itself: Initialize job, pre- and post-job parts. */
  readonly taskName: string | undefined;
  readonly order: number;
  readonly attempt: number;
  readonly state: 'pending' | 'inProgress' | 'completed';
  /** succeeded, succeededWithIssues, failed, canceled, skipped, abandoned; undefined until it is completed. */
  readonly result: string | undefined;
  /** ISO 8601. */
  readonly startTime: string | undefined;
  readonly finishTime: string | undefined;
  readonly errors: readonly string[];
}

export type TimelineAnswer = { readonly records: readonly TimelineRecord[] } | { readonly problem: string };

export interface TimelineContext extends Pick<TaskContext, 'clock' | 'signal' | 'environment'> {
  readonly host: Pick<Host, 'proxy' | 'certificates' | 'variable' | 'jobConnection'>;
}

/** The oldest version with attempts; Azure DevOps Server 2019 has it. */
const apiVersion = '5.0';
const longestTry = 10_000;

/** Between two tries, in ms. */
const longestDelay = 2000;

/**
 * Reads the timeline of this pipeline run with the job's own token, again and again while it is late: does not answer, or does not
 * hold this job yet. Never throws for what Azure DevOps answers: a report goes on without the timeline.
 * @param patience the time for it, repeated tries included, in ms: what waits for the timeline must not wait long.
 * @throws CanceledError
 */
export async function readTimeline(context: TimelineContext, patience: number): Promise<TimelineAnswer> {
  const { host } = context;
  const { url, token } = host.jobConnection();
  const project = host.variable('System.TeamProjectId');
  const build = host.variable('Build.BuildId');
  if (host.variable('Release.ReleaseId') !== undefined)
    return { problem: 'a classic release has no build timeline' };
  if (url === undefined || project === undefined || build === undefined)
    return { problem: 'this is not a pipeline run' };
  if (token === undefined) return { problem: 'the job has no access token' };
  const base = new URL(url);
  const path = `${base.pathname.replace(/\/+$/, '')}/${encodeURIComponent(project)}/_apis/build/builds/${encodeURIComponent(build)}/timeline?api-version=${apiVersion}`;
  return fetchTimeline(context, base, { path, token, patience });
}

async function fetchTimeline(
  context: TimelineContext,
  base: URL,
  { path, token, patience }: { path: string; token: string; patience: number },
): Promise<TimelineAnswer> {
  const { clock, signal } = context;
  const end = clock.elapsed() + patience;
  const transport = openTransport(context, base.origin, 1);
  const headers = { accept: 'application/json', authorization: `Bearer ${token}`, 'user-agent': userAgent };
  const readOnce = async (): Promise<Reading> => {
    const timeout = Math.max(1, Math.min(longestTry, end - clock.elapsed()));
    try {
      return judge(await transport.send({ method: 'GET', path, headers }, { timeout, signal }), context);
    } catch (error) {
      if (error instanceof CanceledError || !(error instanceof NetworkError)) throw error;
      return { problem: `Azure DevOps cannot be reached: ${error.message}`, isPassing: true };
    }
  };
  try {
    for (let tried = 1; ; tried++) {
      const reading = await readOnce();
      const delay = Math.min(longestDelay, backoffDelay(tried, clock.random()));
      if (!('problem' in reading) || !reading.isPassing || clock.elapsed() + delay >= end) return reading;
      await clock.sleep(delay, signal);
    }
  } finally {
    await transport.close();
  }
}

type Reading =
  { readonly records: readonly TimelineRecord[] } | { readonly problem: string; readonly isPassing: boolean };

function judge(response: HttpResponse, { host }: TimelineContext): Reading {
  const { status } = response;
  if (status !== 200) return { problem: problemOf(status), isPassing: retryableStatuses.has(status) };
  const records = parseTimeline(response.body);
  if (records === undefined)
    return { problem: 'Azure DevOps answered with something that is not JSON', isPassing: false };
  const jobId = host.variable('System.JobId');
  if (records.some(({ type, id }) => type === 'Job' && id === jobId)) return { records };
  const what = records.length === 0 ? 'no records' : `${records.length} records, and none of this job`;
  return { problem: `the timeline that Azure DevOps gave has ${what}`, isPassing: true };
}

function problemOf(status: number): string {
  // Azure DevOps answers a token that it does not accept with 401, or with its sign-in page (203, 302).
  const isRight = [203, 302, 401, 403].includes(status);
  return `Azure DevOps answered ${status}${isRight ? ": the job's token may not read this run (Project settings > Pipelines > Settings)" : ''}`;
}

/** Undefined where the body is not JSON. */
function parseTimeline(body: string): readonly TimelineRecord[] | undefined {
  let parsed: unknown;
  try {
    parsed = parseAnswerJson(body);
  } catch {
    return undefined;
  }
  const records = isRecord(parsed) && Array.isArray(parsed.records) ? (parsed.records as unknown[]) : [];
  return lastAttempts(records.filter(isRecord).map(parseRecord));
}

function parseRecord(value: Readonly<Record<string, unknown>>): TimelineRecord {
  const text = (key: string) => (typeof value[key] === 'string' ? value[key] : undefined);
  const number = (key: string) => (typeof value[key] === 'number' ? value[key] : 0);
  const state = text('state');
  const issues = Array.isArray(value.issues) ? (value.issues as unknown[]) : [];
  return {
    id: text('id') ?? '',
    parentId: text('parentId'),
    type: text('type') ?? '',
    name: text('name') ?? '',
    identifier: text('identifier') ?? '',
    refName: text('refName') ?? '',
    taskName: isRecord(value.task) && typeof value.task.name === 'string' ? value.task.name : undefined,
    order: number('order'),
    attempt: number('attempt'),
    state: state === 'completed' || state === 'inProgress' ? state : 'pending',
    result: text('result'),
    startTime: text('startTime'),
    finishTime: text('finishTime'),
    errors: issues
      .filter(isRecord)
      .filter((issue) => issue.type === 'error')
      .map((issue) => (typeof issue.message === 'string' ? issue.message : ''))
      .filter((message) => message !== ''),
  };
}

/** A job or stage that was run again counts by its last attempt; tasks go with their job. */
function lastAttempts(records: readonly TimelineRecord[]): readonly TimelineRecord[] {
  const last = new Map<string, number>();
  const keyOf = (record: TimelineRecord) => `${record.type} ${record.identifier}`;
  const hasAttempts = (record: TimelineRecord) => record.identifier !== '' && record.type !== 'Task';
  for (const record of records.filter(hasAttempts))
    last.set(keyOf(record), Math.max(last.get(keyOf(record)) ?? 0, record.attempt));
  return records.filter((record) => !hasAttempts(record) || record.attempt === last.get(keyOf(record)));
}
