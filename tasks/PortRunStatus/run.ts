import { InputError } from '../common/errors.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import { cleanerOf, withPort } from '../common/port/session.ts';
import { findRunId } from './find-run.ts';
import { type RunStatusInputs, isUnreachableForFork, readInputs } from './inputs.ts';
import { startLiveProgress } from './live/live-progress.ts';
import { announce } from './outputs.ts';
import { defaultLabel } from './pipeline/failure-details.ts';
import { endInScope, timelineReader } from './pipeline/scope-end.ts';
import { type Composition, composeReport } from './report/compose.ts';
import { sendReport } from './report/send.ts';
import { type Verdict, parseResult, verdictOf } from './status.ts';
import { trackState } from './track-state.ts';

/** The main step of PortRunStatus. */
export async function run(context: TaskContext): Promise<Outcome> {
  const { host } = context;
  const track = trackState(host);
  // Armed before anything can fail, so that the post-job step knows that this step was reached.
  track.arm();
  let inputs: RunStatusInputs;
  try {
    inputs = readInputs(host);
  } catch (error) {
    track.disarm();
    if (isUnreachableForFork(host))
      return notStartedByPort('the secrets are withheld from pull requests of forks');
    throw error;
  }
  if (inputs.wish.kind !== 'track') track.disarm();
  const runId = inputs.runId ?? (await findRunId(context, inputs));
  // The post-job step may look again: Port may be there by then.
  if (runId === 'unknown') return notStartedByPort('as far as can be told');
  if (runId === 'none') {
    track.disarm();
    if (inputs.ifNoRunId === 'fail') throw new InputError([noRunId]);
    return notStartedByPort(
      'no run id was given, and Port knows no run with the external id of this pipeline run',
    );
  }
  track.remember(runId);
  return withPort(context, inputs, async (port) => {
    const composition = await compose(context, inputs);
    const report = composeReport(context, inputs, cleanerOf(context, inputs), composition);
    const reported = await sendReport(port, runId, report);
    if (inputs.wish.kind === 'track' && inputs.isProgressLive) startLiveProgress(context, inputs, runId);
    const isStart = inputs.wish.kind === 'track';
    return announce({ context, inputs, port, runId, report, reported, isStart });
  });
}

const noRunId =
  'There is no Port run id: inputs runId and payload, the variable PORT_RUN_ID and the run number give none. Pass runId, or set ifNoRunId to skip for runs that Port did not start.';

function notStartedByPort(why: string): Outcome {
  return { result: 'Succeeded', message: `Not started by Port, so there is nothing to report (${why}).` };
}

async function compose(context: TaskContext, inputs: RunStatusInputs): Promise<Composition> {
  const { wish } = inputs;
  const open = { verdict: undefined, label: inputs.statusLabel, failures: [] };
  if (wish.kind === 'track') return { ...open, texts: 'typed' };
  if (wish.kind === 'inProgress') return { ...open, texts: 'all' };
  if (wish.kind === 'result') return endWith(context, inputs, verdictOf(wish.result, inputs.partialSuccess));
  const own = parseResult(context.host.variable('Agent.JobStatus'));
  if (own === undefined) {
    throw new InputError([
      'Input status is auto, but the variable Agent.JobStatus is not set: auto works in an agent job only.',
    ]);
  }
  const { end } = await endInScope(context, inputs, own);
  return end === undefined
    ? { ...open, texts: 'all' }
    : endWith(context, inputs, verdictOf(end, inputs.partialSuccess));
}

async function endWith(
  context: TaskContext,
  inputs: RunStatusInputs,
  verdict: Verdict,
): Promise<Composition> {
  const own = parseResult(context.host.variable('Agent.JobStatus'));
  const failures = await timelineReader(context, inputs).failures(verdict, own);
  return { verdict, texts: 'all', label: inputs.statusLabel ?? defaultLabel(verdict, failures), failures };
}
