import { readPipelineContext } from '../../common/agent/pipeline-context.ts';
import type { PipelineResult } from '../../common/agent/pipeline-result.ts';
import { isProblem } from '../../common/azure-devops/job-api.ts';
import { readLogTail } from '../../common/azure-devops/step-log.ts';
import type { TaskContext } from '../../common/main.ts';
import type { RunStatusInputs } from '../inputs.ts';
import { type Failure, findFailures } from './failure-details.ts';
import type { TimelineLooks } from './timeline-looks.ts';

/** What is known of a failure that becomes an entity. */
export interface FailureData {
  /** The first thing that failed; undefined where the timeline does not tell. */
  readonly failure: Failure | undefined;
  /** The last lines of its log; none where they cannot be read. */
  readonly log: readonly string[];
}

export interface Failures {
  /** What the report tells of: nothing where it shall not. */
  readonly told: readonly Failure[];
  /** Undefined where no entity is wanted. */
  readonly data: FailureData | undefined;
}

/** The agent sends a step's result to the timeline a moment after the step: so many looks for a failed one, a second apart. */
const looksForFailure = 4;

/** So many lines of its log go into the entity of a failure. */
const excerptLines = 50;

/** What failed in the scope, for the report and for the entity. */
export async function readFailures(
  context: TaskContext,
  inputs: Pick<RunStatusInputs, 'scope' | 'areFailureDetailsWanted' | 'failureBlueprint'>,
  { looks, own }: { looks: TimelineLooks; own: PipelineResult | undefined },
): Promise<Failures> {
  const { areFailureDetailsWanted, failureBlueprint, scope } = inputs;
  const isEntityWanted = failureBlueprint !== undefined;
  if (!areFailureDetailsWanted && !isEntityWanted) return { told: [], data: undefined };
  const { host } = context;
  const jobId = scope === 'job' ? host.variable('System.JobId') : undefined;
  const failures = await lookForFailures(context, looks, { own, jobId, isLogWanted: isEntityWanted });
  const [failure] = failures;
  return {
    told: areFailureDetailsWanted ? failures : [],
    data: isEntityWanted ? { failure, log: await logOf(context, looks, failure) } : undefined,
  };
}

interface Search {
  readonly own: PipelineResult | undefined;
  /** Limits the search to one job. */
  readonly jobId: string | undefined;
  readonly isLogWanted: boolean;
}

/** Empty, with one line in the log, where the timeline cannot be read. */
async function lookForFailures(
  { host, clock, signal }: TaskContext,
  looks: TimelineLooks,
  { own, jobId, isLogWanted }: Search,
): Promise<readonly Failure[]> {
  const { url } = readPipelineContext(host);
  for (let look = 1; ; look++) {
    const answer = (look === 1 ? looks.last : undefined) ?? (await looks.look());
    if (isProblem(answer)) {
      host.info(`What failed cannot be told in detail: ${answer.problem}.`);
      return [];
    }
    const failures = findFailures(answer.records, url, jobId);
    const [first] = failures;
    const isThere = first !== undefined && !(isLogWanted && first.line[0].logId === undefined);
    if (isThere || own !== 'failed' || look === looksForFailure || looks.isTimeOver) return failures;
    await clock.sleep(1000, signal);
  }
}

async function logOf(
  context: TaskContext,
  looks: TimelineLooks,
  failure: Failure | undefined,
): Promise<readonly string[]> {
  const logId = failure?.line[0].logId;
  if (logId === undefined) return [];
  const tail = await readLogTail(context, { logId, lines: excerptLines }, looks.patience());
  if (!isProblem(tail)) return tail;
  context.host.info(`The end of the failed step's log cannot be read: ${tail.problem}.`);
  return [];
}
