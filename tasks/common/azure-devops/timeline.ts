import type { Host } from '../agent/host.ts';
import { isRecord, listOf, valueAt } from '../json.ts';
import {
  type JobApiContext,
  type Problem,
  buildApiVersion,
  isProblem,
  ownBuild,
  withJobApi,
} from './job-api.ts';

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
  /** `3.237.1`; undefined where there is no task. */
  readonly taskVersion: string | undefined;
  /** Among the logs of the run; undefined until the log is there. */
  readonly logId: number | undefined;
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

export type TimelineAnswer = { readonly records: readonly TimelineRecord[] } | Problem;

/**
 * Reads the timeline of this pipeline run with the job's own token, again and again while it is late: does not answer, or does not
 * hold this job yet. Never throws for what Azure DevOps answers: a report goes on without the timeline.
 * @param patience the time for it, repeated tries included, in ms: what waits for the timeline must not wait long.
 * @throws CanceledError
 */
export async function readTimeline(context: JobApiContext, patience: number): Promise<TimelineAnswer> {
  const { host } = context;
  if (host.variable('Release.ReleaseId') !== undefined)
    return { problem: 'a classic release has no build timeline' };
  const build = ownBuild(host);
  if (isProblem(build)) return build;
  const path = `${build}/timeline?api-version=${buildApiVersion}`;
  return withJobApi(context, patience, (api) =>
    api.ask({ path, what: 'this run' }, (answer) => judge(recordsOf(answer), host)),
  );
}

function judge(
  records: readonly TimelineRecord[],
  host: Pick<Host, 'variable'>,
): { readonly records: readonly TimelineRecord[] } | Problem {
  const jobId = host.variable('System.JobId');
  if (records.some(({ type, id }) => type === 'Job' && id === jobId)) return { records };
  const what = records.length === 0 ? 'no records' : `${records.length} records, and none of this job`;
  return { problem: `the timeline that Azure DevOps gave has ${what}`, isPassing: true };
}

function recordsOf(answer: unknown): readonly TimelineRecord[] {
  const records = listOf(valueAt(answer, ['records'])).filter(isRecord);
  return lastAttempts(records.map(parseRecord));
}

function parseRecord(value: Readonly<Record<string, unknown>>): TimelineRecord {
  const text = (key: string) => (typeof value[key] === 'string' ? value[key] : undefined);
  const number = (key: string) => (typeof value[key] === 'number' ? value[key] : 0);
  const state = text('state');
  const task = isRecord(value.task) ? value.task : {};
  const log = isRecord(value.log) ? value.log : {};
  return {
    id: text('id') ?? '',
    parentId: text('parentId'),
    type: text('type') ?? '',
    name: text('name') ?? '',
    identifier: text('identifier') ?? '',
    refName: text('refName') ?? '',
    taskName: typeof task.name === 'string' ? task.name : undefined,
    taskVersion: typeof task.version === 'string' ? task.version : undefined,
    logId: typeof log.id === 'number' ? log.id : undefined,
    order: number('order'),
    attempt: number('attempt'),
    state: state === 'completed' || state === 'inProgress' ? state : 'pending',
    result: text('result'),
    startTime: text('startTime'),
    finishTime: text('finishTime'),
    errors: listOf(value.issues)
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
  for (const record of records)
    last.set(keyOf(record), Math.max(last.get(keyOf(record)) ?? 0, record.attempt));
  return records.filter((record) => !hasAttempts(record) || record.attempt === last.get(keyOf(record)));
}
