import type { TimelineRecord } from '../../common/azure-devops/timeline.ts';
import { markdownLink, markdownText } from '../../common/text/markdown.ts';
import { oneLine } from '../../common/text/plain-text.ts';
import type { Verdict } from '../status.ts';
import { ancestorsOf, stageOf } from './records.ts';

/** One thing that failed: a step, or a job that failed without one (its agent was lost, say). */
export interface Failure {
  /** "Deploy › terraform apply" */
  readonly place: string;
  readonly errors: readonly string[];
  /** The page with its log. */
  readonly url: string | undefined;
  /** Its record, and those above it: step, job, phase, stage. */
  readonly line: readonly [TimelineRecord, ...TimelineRecord[]];
}

const mostFailures = 5;
/** Azure DevOps shows no more of one record either. */
export const mostErrors = 10;
const longestError = 500;

/** What failed, in the order of the pipeline. `jobId` limits the search to one job. */
export function findFailures(
  records: readonly TimelineRecord[],
  runUrl: string | undefined,
  jobId?: string,
): readonly Failure[] {
  const isInScope = (record: TimelineRecord) =>
    jobId === undefined || record.id === jobId || ancestorsOf(record, records).some(({ id }) => id === jobId);
  const failed = records.filter((record) => record.result === 'failed' && isInScope(record));
  const tasks = failed.filter((record) => record.type === 'Task');
  const jobs = failed.filter(
    (record) => record.type === 'Job' && !tasks.some((task) => task.parentId === record.id),
  );
  return [...tasks, ...jobs]
    .sort((a, b) => (a.startTime ?? '').localeCompare(b.startTime ?? ''))
    .slice(0, mostFailures)
    .map((record) => ({
      place: placeOf(record, records),
      errors: record.errors.slice(0, mostErrors).map((error) => oneLine(error, longestError)),
      url: logUrl(record, runUrl),
      line: [record, ...ancestorsOf(record, records)],
    }));
}

/** Stage › job › step; the job only where its stage has several, the stage only where it has a name of its own. */
export function placeOf(record: TimelineRecord, records: readonly TimelineRecord[]): string {
  const line = [record, ...ancestorsOf(record, records)];
  const stage = line.find(({ type, identifier }) => type === 'Stage' && identifier !== '__default');
  const job = line.find(({ type }) => type === 'Job');
  const owner = job === undefined ? undefined : stageOf(job, records);
  const siblings = records.filter((other) => other.type === 'Job' && stageOf(other, records) === owner);
  const isJobTold = record.type === 'Job' || siblings.length > 1;
  const parts = [
    stage?.name,
    isJobTold ? job?.name : undefined,
    record.type === 'Task' ? record.name : undefined,
  ];
  return parts
    .filter((part) => part !== undefined)
    .map((part) => oneLine(part, 80))
    .join(' › ');
}

function logUrl(record: TimelineRecord, runUrl: string | undefined): string | undefined {
  if (runUrl === undefined) return undefined;
  const place = record.type === 'Job' ? `&j=${record.id}` : `&j=${record.parentId ?? ''}&t=${record.id}`;
  return `${runUrl}&view=logs${place}`;
}

export function failureLog(failures: readonly Failure[]): string {
  return failures
    .flatMap(({ place, errors, url }) => [
      `Failed: ${place}`,
      ...errors.map((error) => `  ${error}`),
      ...(url === undefined ? [] : [`  Log: ${url}`]),
    ])
    .join('\n');
}

export function failureLabel(failures: readonly Failure[]): string | undefined {
  const [first, ...others] = failures;
  if (first === undefined) return undefined;
  return `Failed at ${first.place}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}

export function failureMarkdown(failures: readonly Failure[]): string {
  return failures
    .flatMap(({ place, errors, url }) => [
      `**Failed at ${markdownLink(place, url)}**`,
      '',
      ...errors.map((error) => `- ${markdownText(error, longestError)}`),
      '',
    ])
    .join('\n')
    .trimEnd();
}

/** The label of an end that nobody named: on a failure what failed, else what the verdict says. */
export function defaultLabel(verdict: Verdict, failures: readonly Failure[]): string {
  return (verdict.result === 'failure' ? failureLabel(failures) : undefined) ?? verdict.label;
}
