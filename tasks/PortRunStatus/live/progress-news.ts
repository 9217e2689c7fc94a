import type { TimelineRecord } from '../../common/azure-devops/timeline.ts';
import { oneLine } from '../../common/text/plain-text.ts';
import { placeOf } from '../pipeline/failure-details.ts';

/** What has happened in a job since the last look. */
export interface News {
  /** "Deploy › terraform apply, 3 of 7"; undefined where no step runs. */
  readonly label: string | undefined;
  /** A line for each step that ended. */
  readonly lines: readonly string[];
  readonly isJobOver: boolean;
}

export function isJobOver(records: readonly TimelineRecord[], jobId: string | undefined): boolean {
  const job = records.find((record) => record.type === 'Job' && record.id === jobId);
  return job === undefined || job.state === 'completed';
}

const marks: Readonly<Record<string, string>> = {
  succeeded: '✓',
  succeededWithIssues: '!',
  failed: '✗',
  canceled: '✗',
  skipped: '–',
};

/** Compares the job's steps with those that are known to have ended; `seen` holds their record ids and is added to. */
export function newsOf(
  records: readonly TimelineRecord[],
  jobId: string | undefined,
  seen: Set<string>,
): News {
  const steps = records
    .filter((record) => record.type === 'Task' && record.parentId === jobId)
    .sort((a, b) => a.order - b.order);
  const ended = steps.filter((step) => step.state === 'completed' && !seen.has(step.id));
  for (const { id } of ended) seen.add(id);
  const current = steps.find((step) => step.state === 'inProgress');
  return {
    label:
      current === undefined
        ? undefined
        : `${placeOf(current, records)}, ${steps.indexOf(current) + 1} of ${steps.length}`,
    lines: ended.filter((step) => step.result !== 'skipped').map(lineOf),
    isJobOver: isJobOver(records, jobId),
  };
}

function lineOf({ name, result = '', startTime, finishTime }: TimelineRecord): string {
  const seconds = (Date.parse(finishTime ?? '') - Date.parse(startTime ?? '')) / 1000;
  const time = Number.isFinite(seconds) ? ` (${seconds.toFixed(1)} s)` : '';
  const words = result === 'succeeded' ? '' : `: ${result}`;
  return `${marks[result] ?? '·'} ${oneLine(name, 120)}${words}${time}`;
}
