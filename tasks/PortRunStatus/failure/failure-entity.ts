import type { Host } from '../../common/agent/host.ts';
import { readPipelineContext } from '../../common/agent/pipeline-context.ts';
import type { TimelineRecord } from '../../common/azure-devops/timeline.ts';
import type { RunId } from '../../common/inputs/run-id.ts';
import { attemptOf, identifierOf, identifierStart, stageOf } from '../../common/port/run-identifiers.ts';
import { oneLine } from '../../common/text/plain-text.ts';
import type { Redact } from '../../common/text/redaction.ts';
import { type Failure, mostErrors } from '../pipeline/failure-details.ts';
import type { FailureData } from '../pipeline/find-failures.ts';
import { fingerprintOf } from './fingerprint.ts';

/** Characters of the end of a log. */
const longestExcerpt = 8000;
const longestTitle = 250;

type Variables = Pick<Host, 'variable'>;

/** A failure as an entity, before it is fitted to its blueprint. */
export interface FailureEntity {
  readonly identifier: string;
  readonly title: string;
  readonly properties: readonly (readonly [name: string, value: string | number | readonly string[]])[];
}

/**
 * What is known of a failure. Where the timeline does not tell what failed, that is this job.
 * @param clean takes out secrets: all of it is text that others wrote.
 * @param now in ms since the epoch.
 * @returns undefined outside of a pipeline run.
 */
export function failureEntity(
  host: Variables,
  { failure, log }: FailureData,
  { runId, clean, now }: { runId: RunId; clean: Redact; now: number },
): FailureEntity | undefined {
  const start = identifierStart(host);
  if (start === undefined) return undefined;
  const run = readPipelineContext(host);
  const line = failure?.line ?? [];
  const job = line.find(({ type }) => type === 'Job');
  // Of this job its variables tell, so that it has one identifier also where the timeline cannot be read.
  const otherJob = job?.id === host.variable('System.JobId') ? undefined : job;
  const attempt =
    otherJob === undefined ? attemptOf(host) : Math.max(1, ...line.map((record) => record.attempt));
  const known = [
    ['pipeline', run.definitionName],
    ['stage', named(line.find(({ type }) => type === 'Stage')?.name ?? run.stage)],
    ['job', job?.name ?? run.job],
    ...stepOf(failure, clean),
    ['logExcerpt', excerptOf(log, clean)],
    ['commit', run.commit],
    ['branch', host.variable('Build.SourceBranch')?.replace(/^refs\/heads\//, '')],
    ['repository', host.variable('Build.Repository.Name')],
    ['attempt', attempt],
    ['link', failure?.url ?? run.url],
    ['runId', runId.id],
    ['createdAt', new Date(now).toISOString()],
  ] as const;
  const number = [run.definitionName ?? 'pipeline', run.number]
    .filter((part) => part !== undefined)
    .join(' ');
  return {
    identifier:
      start + identifierOf([...jobNames(host, otherJob), ...(attempt > 1 ? [String(attempt)] : [])]),
    title: oneLine(clean(`${number}: ${failure?.place ?? run.job ?? 'failed'}`), longestTitle),
    properties: known.flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, typeof value === 'string' ? clean(value) : value]],
    ),
  };
}

/** What the pipeline gives no name is called __default. */
function named(name: string | undefined): string | undefined {
  return name === '__default' ? undefined : name;
}

type Known = readonly [name: string, value: string | readonly string[] | undefined];

/** What is not known of a step has no fingerprint either: all such failures would have the same one. */
function stepOf(failure: Failure | undefined, clean: Redact): readonly Known[] {
  if (failure === undefined) return [];
  const [record] = failure.line;
  const { taskName: task, taskVersion } = record;
  const errors = record.errors.slice(0, mostErrors).map(clean);
  return [
    ['step', record.type === 'Task' ? record.name : undefined],
    ['task', task === undefined || taskVersion === undefined ? task : `${task}@${taskVersion}`],
    ['errors', failure.errors.length === 0 ? undefined : failure.errors.map(clean)],
    ['fingerprint', fingerprintOf({ step: clean(record.name), task, errors })],
  ];
}

/** The end of the log: what is last is what failed. */
function excerptOf(lines: readonly string[], clean: Redact): string {
  const text = clean(lines.join('\n')).trim();
  return text.length <= longestExcerpt
    ? text
    : `…${text.slice(-longestExcerpt + 1).replace(/^[\udc00-\udfff]/, '')}`;
}

/** Stage, phase and job, which name a job in its run: from the variables of this one, from the record's identifier of another. */
function jobNames(host: Variables, otherJob: TimelineRecord | undefined): readonly string[] {
  const names = otherJob?.identifier.split('.') ?? [
    stageOf(host),
    host.variable('System.PhaseName'),
    host.variable('System.JobName'),
  ];
  return names.flatMap((name) => named(name) ?? []);
}
