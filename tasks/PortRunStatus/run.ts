import type { Host } from '../common/agent/host.ts';
import { InputError } from '../common/errors.ts';
import type { Connection } from '../common/inputs/connection.ts';
import { type RunId, missingRunId } from '../common/inputs/run-id.ts';
import { warnOfSecretInput } from '../common/inputs/secret-input.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import { pageOf } from '../common/port/pages.ts';
import { cleanerOf } from '../common/port/session.ts';
import { findRun, isFirstToReport } from './find-run.ts';
import { type RunStatusInputs, isUnreachableForFork, readInputs } from './inputs.ts';
import { startLiveProgress } from './live/live-progress.ts';
import type { OutputInput } from './node-output.ts';
import { StepOutputs, announce, leaveRunId, showSummary } from './outputs.ts';
import { hookWarning, jobResult } from './own-job.ts';
import { defaultLabel } from './pipeline/failure-details.ts';
import type { FailureData } from './pipeline/find-failures.ts';
import { viewPipeline } from './pipeline/scope-end.ts';
import { type Composition, composeReport } from './report/compose.ts';
import type { Report, Reported } from './report/report.ts';
import { reportRun } from './report-run.ts';
import { type RequestedStatus, verdictOf } from './status.ts';
import { type TrackState, rememberEnd, trackState } from './track-state.ts';

/** A report of the start is not worth more of a pipeline's time than this, in ms; the end tries again. */
const startBudget = 20_000;

/** The main step of PortRunStatus. */
export async function run(context: TaskContext): Promise<Outcome> {
  const { host } = context;
  const track = trackState(host);
  // Before anything can fail, so that the post-job step knows that this step was reached.
  track.mark('armed');
  const outputs = new StepOutputs();
  try {
    const inputs = inputsOf(host, track);
    if (inputs === undefined) return notStartedByPort('the secrets are withheld from pull requests of forks');
    const outcome = await report(context, inputs, { track, outputs });
    if (inputs.mistakes.length > 0) throw new InputError(inputs.mistakes);
    return outcome;
  } finally {
    outputs.set(host);
  }
}

/** @returns undefined in a fork's pull request that has no credentials. */
function inputsOf(host: Host, track: TrackState): RunStatusInputs | undefined {
  try {
    return readInputs(host);
  } catch (error) {
    track.mark('unreadable');
    if (isUnreachableForFork(host)) return undefined;
    throw error;
  }
}

interface StepState {
  readonly track: TrackState;
  readonly outputs: StepOutputs;
}

async function report(context: TaskContext, given: RunStatusInputs, state: StepState): Promise<Outcome> {
  const { host, clock } = context;
  const { track } = state;
  const { requested, connection } = given;
  const output = await given.output();
  const isOutputTold = tellProblems(host, given, output);
  warnOfSecretInput(host, 'externalRunId');
  // A wrong word leaves the end of the job to the post-job step, which may then say no more than a failure.
  if (requested !== undefined && requested.kind !== 'track') track.mark('disarmed');
  track.rememberAddress(connection.apiUrl);
  const isEnd = requested?.kind === 'result' || requested?.kind === 'auto';
  const end = clock.elapsed() + (isEnd ? given.budget : Math.min(given.budget, startBudget));
  const inputs = () => ({ ...given, budget: Math.max(1, end - clock.elapsed()) });
  const found = await findRun(context, inputs());
  // The post-job step may look again: Port may be there by then.
  if (found.kind === 'unreachable') return notStartedByPort('as far as can be told');
  if (found.kind === 'none') {
    track.mark('disarmed');
    return withoutRunId(host, given);
  }
  const { runId } = found;
  const ofHook = requested?.kind === 'track' ? hookWarning(host) : undefined;
  if (ofHook !== undefined) host.warning(ofHook);
  const isFirst = isFirstToReport(context, given);
  rememberRun(host, { connection, state, runId });
  if (requested === undefined) throw new InputError(given.mistakes);
  requireKnownEnd(host, requested);
  const compose = async () => {
    const { failure, ...composition } = await look(context, inputs(), requested);
    const parts = { ...composition, output: output.values };
    return {
      report: { ...composeReport(context, given, cleanerOf(context, given), parts), isFirst },
      failure,
    };
  };
  const { report: sent, reported } = await reportRun(context, inputs(), { runId, compose });
  track.rememberSettled([
    ...reported.taken,
    // An output of which the start knew a part is another one at the end.
    ...reported.refused.filter((detail) => detail !== 'output' || !output.isPending),
    ...(isOutputTold ? ['output' as const] : []),
  ]);
  if (runId.kind === 'action' && output.values !== undefined)
    host.info('Input output is for the nodes of workflows; this is the run of an action, which has none.');
  return afterReport(context, { ...given, requested }, { state, runId, report: sent, reported });
}

/** @returns whether something is wrong with the output; with `track` what is still to come is told at the end of the job. */
function tellProblems(
  host: Host,
  { leftOut, requested }: RunStatusInputs,
  { problems, isPending }: OutputInput,
): boolean {
  const ofOutput = isPending && requested?.kind === 'track' ? [] : problems;
  for (const problem of [...leftOut, ...ofOutput]) host.warning(`${problem} The report goes on without it.`);
  return ofOutput.length > 0;
}

/** For the steps that follow, and the post-job part of this one. */
function rememberRun(
  host: Host,
  { connection, state, runId }: { connection: Connection; state: StepState; runId: RunId },
): void {
  state.track.remember(runId);
  leaveRunId(host, runId);
  state.outputs.runId = runId.id;
  state.outputs.runUrl = pageOf({ connection }, runId);
}

interface Sent {
  readonly state: StepState;
  readonly runId: RunId;
  readonly report: Report;
  readonly reported: Reported;
}

/** Starts what follows the job, and tells what Port holds now. */
function afterReport(
  context: TaskContext,
  given: RunStatusInputs & { readonly requested: RequestedStatus },
  { state, runId, report: toSend, reported }: Sent,
): Outcome {
  const { host } = context;
  const { connection, requested, isCanceledWithPort } = given;
  const { status } = reported;
  state.outputs.reportedStatus = status ?? '';
  if (toSend.verdict !== undefined && status !== undefined && status !== 'IN_PROGRESS')
    rememberEnd(host, connection, { runId, status });
  // What Port took no change of may be over: nothing would come of following it, nor is that an end by somebody in Port.
  if (requested.kind === 'track' && given.isProgressLive && status === 'IN_PROGRESS')
    startLiveProgress(context, { connection, runId, isCanceledWithPort });
  const announcement = { host, connection, runId, report: toSend, reported };
  // With `track` the end has more to show.
  if (requested.kind !== 'track') showSummary(announcement, given);
  return announce(announcement);
}

const noRunId =
  'There is no Port run id: inputs runId and payload, the variable PORT_RUN_ID and the run number give none. Pass runId, or set ifNoRunId to skip for runs that Port did not start.';

function withoutRunId(host: Host, { ifNoRunId }: RunStatusInputs): Outcome {
  const missing = missingRunId(host);
  if (ifNoRunId === 'fail') throw new InputError([missing ?? noRunId]);
  if (missing !== undefined) return { result: 'SucceededWithIssues', message: missing, code: 'PORT_INPUT' };
  return notStartedByPort(
    'no run id was given, and Port knows no run with the external id of this pipeline run',
  );
}

function notStartedByPort(why: string): Outcome {
  return { result: 'Succeeded', message: `Not started by Port, so there is nothing to report (${why}).` };
}

/** @throws InputError where the end is to be that of the job, which is not known. */
function requireKnownEnd(host: Host, { kind }: RequestedStatus): void {
  if (kind !== 'auto' || jobResult(host) !== undefined) return;
  throw new InputError([
    'Input status is auto, but the variable Agent.JobStatus is not set: auto works in an agent job only.',
  ]);
}

/** How far the job or the pipeline is, and what failed. */
async function look(
  context: TaskContext,
  inputs: RunStatusInputs,
  requested: RequestedStatus,
): Promise<Omit<Composition, 'output'> & { readonly failure: FailureData | undefined }> {
  const { statusLabel, partialSuccess } = inputs;
  const open = {
    verdict: undefined,
    label: statusLabel,
    failures: [],
    settled: new Set<string>(),
    failure: undefined,
  };
  if (requested.kind === 'track') return { ...open, areFilesSent: false };
  if (requested.kind === 'inProgress') return { ...open, areFilesSent: true };
  const own = jobResult(context.host);
  const pipeline = viewPipeline(context, inputs);
  const end = requested.kind === 'result' ? requested.result : own && (await pipeline.end(own)).end;
  if (end === undefined) return { ...open, areFilesSent: true };
  const verdict = verdictOf(end, partialSuccess);
  const { told: failures, data: failure } = await pipeline.failures(verdict, own);
  return {
    ...open,
    verdict,
    label: statusLabel ?? defaultLabel(verdict, failures),
    failures,
    failure,
    areFilesSent: true,
  };
}
