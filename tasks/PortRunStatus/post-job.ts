import { InputError } from '../common/errors.ts';
import type { RunId } from '../common/inputs/run-id.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import { cleanerOf, withPort } from '../common/port/session.ts';
import { findRunId } from './find-run.ts';
import { type RunStatusInputs, isUnreachableForFork, readInputs } from './inputs.ts';
import { stopLiveProgress } from './live/live-progress.ts';
import { announce } from './outputs.ts';
import { defaultLabel } from './pipeline/failure-details.ts';
import { endInScope, timelineReader } from './pipeline/scope-end.ts';
import { composeReport } from './report/compose.ts';
import { sendReport } from './report/send.ts';
import { type PipelineResult, type Verdict, parseResult, parseStatus, verdictOf } from './status.ts';
import { rememberedEnd, trackState } from './track-state.ts';

/**
 * Time for the report of a cancelled job, in ms: the agent's worker stops 15 s before the cancel timeout, which may be 60 s; some of
 * it goes to the end of live progress and to the timeline.
 */
const cancelBudget = 30_000;

/** The post-job step: with `track`, reports the job's result, however it ended. */
export async function finish(context: TaskContext): Promise<Outcome> {
  const { host } = context;
  const wish = parseStatus(host.input('status') ?? 'track');
  const own = parseResult(host.variable('Agent.JobStatus')) ?? 'succeeded';
  const { state, runId: found } = trackState(host);
  await stopLiveProgress(host);
  if (wish?.kind !== 'track' || state === 'disarmed') return nothingToDo('this step does not track the job');
  if (state === 'unseen' && (own === 'succeeded' || own === 'partial'))
    return nothingToDo('the step itself did not run');
  let inputs: RunStatusInputs;
  try {
    inputs = withinGrace(readInputs(host), own);
  } catch (error) {
    if (isUnreachableForFork(host))
      return nothingToDo('the secrets are withheld from pull requests of forks');
    throw error;
  }
  const runId = found ?? inputs.runId ?? (await findRunId(context, inputs));
  if (typeof runId === 'string') {
    if (inputs.ifNoRunId === 'fail' && state === 'unseen')
      throw new InputError(['There is no Port run id, so the end of the job cannot be reported.']);
    return nothingToDo('not started by Port');
  }
  const ended = rememberedEnd(host, runId);
  return ended === undefined
    ? reportEnd(context, inputs, { runId, own })
    : afterOwnEnd(context, { ended, own, inputs });
}

function nothingToDo(why: string): Outcome {
  return { result: 'Succeeded', message: `Nothing to report at the end of the job: ${why}.` };
}

function withinGrace(inputs: RunStatusInputs, own: PipelineResult): RunStatusInputs {
  return own === 'canceled' ? { ...inputs, budget: Math.min(inputs.budget, cancelBudget) } : inputs;
}

async function reportEnd(
  context: TaskContext,
  inputs: RunStatusInputs,
  { runId, own }: { runId: RunId; own: PipelineResult },
): Promise<Outcome> {
  const { end, isStageOpen } = await endInScope(context, inputs, own);
  const verdict = end === undefined ? undefined : verdictOf(end, inputs.partialSuccess);
  const failures = await timelineReader(context, inputs).failures(verdict, own);
  // The label of the start ('Deploying') would be wrong by now: the end always brings its own.
  const label =
    verdict === undefined
      ? openLabel(context, isStageOpen, verdictOf(own, inputs.partialSuccess))
      : defaultLabel(verdict, failures);
  const report = composeReport(context, inputs, cleanerOf(context, inputs), {
    verdict,
    texts: 'files',
    label,
    failures,
  });
  return withPort(context, inputs, async (port) => {
    const reported = await sendReport(port, runId, report);
    return announce({ context, inputs, port, runId, report, reported });
  });
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
  { host }: TaskContext,
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
