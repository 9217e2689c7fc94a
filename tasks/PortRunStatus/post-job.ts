import type { Host } from '../common/agent/host.ts';
import type { PipelineResult } from '../common/agent/pipeline-result.ts';
import { InputError } from '../common/errors.ts';
import type { RunId } from '../common/inputs/run-id.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import { cleanerOf } from '../common/port/session.ts';
import { findRun } from './find-run.ts';
import { type RunStatusInputs, isUnreachableForFork, readInputs } from './inputs.ts';
import { stopLiveProgress } from './live/live-progress.ts';
import { announce, showSummary } from './outputs.ts';
import { jobResult } from './own-job.ts';
import { defaultLabel } from './pipeline/failure-details.ts';
import { viewPipeline } from './pipeline/scope-end.ts';
import { composeReport } from './report/compose.ts';
import { reportRun } from './report-run.ts';
import { type Verdict, verdictOf } from './status.ts';
import { type TrackState, rememberedEnd, trackState } from './track-state.ts';

/**
 * Time for the report of a cancelled job, in ms: the agent's worker stops 15 s before the cancel timeout, which may be 60 s; some of
 * it goes to the end of live progress and to the timeline.
 */
const cancelBudget = 30_000;

/** The post-job step: with `track`, reports the job's result, however it ended. */
export async function finish(context: TaskContext): Promise<Outcome> {
  const { host } = context;
  const track = trackState(host);
  const cancelNote = await stopLiveProgress(host);
  if (cancelNote !== undefined) host.warning(cancelNote);
  if (track.state === 'disarmed') return nothingToDo('this step does not track the job');
  const own = jobResult(host);
  if (own === undefined)
    throw new InputError(['The variable Agent.JobStatus is not set, so the end of the job cannot be told.']);
  if (track.state === 'unseen' && own === 'succeeded') return nothingToDo('the step itself did not run');
  const given = inputsOf(host, track);
  if (typeof given === 'string') return nothingToDo(given);
  const inputs = own === 'canceled' ? { ...given, budget: Math.min(given.budget, cancelBudget) } : given;
  const why = await reasonForNothing(context, inputs, { track, own });
  if (why !== undefined) return nothingToDo(why);
  const found: Awaited<ReturnType<typeof findRun>> =
    track.runId === undefined ? await findRun(context, inputs) : { kind: 'found', runId: track.runId };
  if (found.kind !== 'found') {
    if (inputs.ifNoRunId === 'fail' && track.state === 'unseen')
      throw new InputError(['There is no Port run id, so the end of the job cannot be reported.']);
    return nothingToDo('not started by Port');
  }
  if (track.state === 'unseen') tell(host, [...inputs.mistakes, ...inputs.leftOut]);
  const { runId } = found;
  const ended = rememberedEnd(host, inputs.connection, runId);
  return ended === undefined
    ? reportEnd(context, inputs, { runId, own, track })
    : afterOwnEnd(host, { ended, own, inputs });
}

function tell(host: Host, problems: readonly string[]): void {
  for (const problem of problems) host.warning(`${problem} The report goes on without it.`);
}

function nothingToDo(why: string): Outcome {
  return { result: 'Succeeded', message: `Nothing to report at the end of the job: ${why}.` };
}

/**
 * The inputs as they are now, with the address of Port that the main step used: a variable that a step has changed since must not
 * lead the client secret elsewhere.
 * @returns why there is nothing to report, where the inputs cannot be read.
 */
function inputsOf(host: Host, { state, address }: TrackState): RunStatusInputs | string {
  try {
    const inputs = readInputs(host, address);
    const changed = host.input('baseUrl') ?? host.variable('PORT_BASE_URL');
    if (address !== undefined && host.input('portConnection') === undefined && isOther(changed, address)) {
      host.warning(
        `The address of Port was changed during the job; the end is reported to ${address}, where the start was. A step has set the variable PORT_BASE_URL, or the one behind input baseUrl: let it be.`,
      );
    }
    return inputs;
  } catch (error) {
    if (isUnreachableForFork(host)) return 'the secrets are withheld from pull requests of forks';
    if (error instanceof InputError && state === 'unreadable')
      return 'the inputs are wrong, as the step itself has said';
    throw error;
  }
}

function isOther(text: string | undefined, address: string): boolean {
  if (text === undefined || text.trim() === '') return false;
  return !URL.canParse(text) || new URL(text).origin !== new URL(address).origin;
}

/** Why the post-job step leaves the run alone. */
async function reasonForNothing(
  context: TaskContext,
  inputs: RunStatusInputs,
  { track, own }: { track: TrackState; own: PipelineResult },
): Promise<string | undefined> {
  const { requested } = inputs;
  const hasFailed = own !== 'succeeded' && own !== 'partial';
  if (requested === undefined && !hasFailed) return 'input status is wrong, and the job did not fail';
  if (requested !== undefined && requested.kind !== 'track') return 'this step does not track the job';
  if (track.state !== 'unseen' || hasFailed) return undefined;
  const hasMainFailed = await viewPipeline(context, inputs).didMainPartFail();
  if (hasMainFailed === true) return undefined;
  if (hasMainFailed === 'unknown') {
    context.host.warning(
      'The job succeeded with issues, and whether this step itself ran cannot be told from the timeline. The run is left as it is: if it is open in Port, end it there.',
    );
  }
  return 'the step itself did not run';
}

async function reportEnd(
  context: TaskContext,
  inputs: RunStatusInputs,
  { runId, own, track }: { runId: RunId; own: PipelineResult; track: TrackState },
): Promise<Outcome> {
  const { host } = context;
  const { connection, partialSuccess } = inputs;
  const compose = async () => {
    const pipeline = viewPipeline(context, inputs);
    const { end, isStageOpen } = await pipeline.end(own);
    const verdict = end === undefined ? undefined : verdictOf(end, partialSuccess);
    const { told: failures, data: failure } = await pipeline.failures(verdict, own);
    // The label of the start ('Deploying') would be wrong by now: the end always brings its own.
    const label =
      verdict === undefined
        ? openLabel(context, isStageOpen, verdictOf(own, partialSuccess))
        : defaultLabel(verdict, failures);
    const { settled } = track;
    const { values: output, problems } = await inputs.output();
    // Those of the start are told already.
    if (!settled.has('output')) tell(host, problems);
    const composition = { verdict, label, failures, areFilesSent: true, settled, output };
    return { report: composeReport(context, inputs, cleanerOf(context, inputs), composition), failure };
  };
  const { report, reported } = await reportRun(context, inputs, { runId, compose });
  const announcement = { host, connection, runId, report, reported };
  showSummary(announcement, inputs);
  return announce(announcement);
}

/**
 * In a job that is not the last one of the pipeline the run stays open; its label says how far the pipeline is: "Build succeeded",
 * or the job's name while its stage has others.
 */
function openLabel({ host }: TaskContext, isStageOpen: boolean, own: Verdict): string | undefined {
  const stage = host.variable('System.StageDisplayName') ?? host.variable('System.StageName');
  const job = host.variable('System.JobDisplayName');
  const place = isStageOpen || stage === undefined || stage === '__default' ? job : stage;
  return place === undefined ? undefined : `${place}: ${own.label}`.replace(': Succeeded', ' succeeded');
}

/** A later step of this job has ended the run: Port keeps that, and nothing is sent twice. */
function afterOwnEnd(
  host: Host,
  { ended, own, inputs }: { ended: string; own: PipelineResult; inputs: RunStatusInputs },
): Outcome {
  const verdict: Verdict = verdictOf(own, inputs.partialSuccess);
  const wasSuccess = ended === 'SUCCESS';
  if (wasSuccess === (verdict.result === 'success'))
    return nothingToDo(`a step of this job has ended the run already, as ${ended}`);
  host.warning(
    `A step of this job has ended the run as ${ended}, but the job then ended as ${own}. Port keeps the first.`,
  );
  return nothingToDo(`the run is finished, as ${ended}`);
}
