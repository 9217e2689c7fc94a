import { InputError } from '../common/errors.ts';
import type { Host } from '../common/host.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import { readPipelineContext } from '../common/pipeline-context.ts';
import type { PortClient } from '../common/port/client.ts';
import { findRunByExternalId } from '../common/port/runs.ts';
import { runIdVariable, type RunId } from '../common/run-id.ts';
import { cleanerOf, withPort } from '../common/session.ts';
import { composeReport, defaultLabel, timelineReader, type Composition } from './compose.ts';
import { readInputs, type RunStatusInputs } from './inputs.ts';
import { startLiveProgress } from './live-progress.ts';
import { announce } from './outputs.ts';
import { pipelineState } from './pipeline-result.ts';
import { sendReport } from './report.ts';
import { parseResult, verdictOf, type PipelineResult, type Verdict } from './status.ts';
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
    if (isUnreachableForFork(host))
      return notStartedByPort('the secrets are withheld from pull requests of forks');
    track.disarm();
    throw error;
  }
  if (inputs.wish.kind !== 'track') track.disarm();
  return withPort(context, inputs, async (port) => {
    const runId = inputs.runId ?? (await findRunId(port, context));
    if (runId === undefined) {
      track.disarm();
      if (inputs.ifNoRunId === 'fail') throw new InputError([noRunId]);
      return notStartedByPort(
        'no run id was given, and Port knows no run with the external id of this pipeline run',
      );
    }
    track.remember(runId);
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

/** A fork's pull request gets no secrets: a step that has no credentials for this reason has nothing to report either. */
function isUnreachableForFork(host: Host): boolean {
  return (
    host.variable('System.PullRequest.IsFork')?.toLowerCase() === 'true' &&
    host.variable(runIdVariable) === undefined
  );
}

/**
 * Port's own integration sets the external id just after it has queued the pipeline, which it does through the API: such a run
 * has the reason Manual, and gets a second look.
 */
async function findRunId(port: PortClient, { host, clock, signal }: TaskContext): Promise<RunId | undefined> {
  const { externalRunId } = readPipelineContext(host);
  if (externalRunId === undefined) return undefined;
  const looks = host.variable('Build.Reason') === 'Manual' ? 2 : 1;
  for (let look = 1; look <= looks; look++) {
    if (look > 1) await clock.sleep(2000, signal);
    const found = await findRunByExternalId(port, externalRunId);
    if (found !== undefined) return { kind: 'action', id: found.id };
  }
  return undefined;
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
  const result = inputs.scope === 'job' ? own : await pipelineResult(context, inputs, own);
  return result === undefined
    ? { ...open, texts: 'all' }
    : endWith(context, inputs, verdictOf(result, inputs.partialSuccess));
}

async function endWith(
  context: TaskContext,
  inputs: RunStatusInputs,
  verdict: Verdict,
): Promise<Composition> {
  const isWanted = verdict.result === 'failure' && inputs.areFailureDetailsWanted;
  const failures = isWanted
    ? await timelineReader(context, inputs).failures(
        inputs.scope,
        parseResult(context.host.variable('Agent.JobStatus')),
      )
    : [];
  return { verdict, texts: 'all', label: inputs.statusLabel ?? defaultLabel(verdict, failures), failures };
}

/** The pipeline's result; undefined while other stages or jobs may still change it. A failure stays one, whatever comes. */
export async function pipelineResult(
  context: TaskContext,
  inputs: RunStatusInputs,
  own: PipelineResult,
): Promise<PipelineResult | undefined> {
  const answer = await timelineReader(context, inputs).read();
  if ('problem' in answer) {
    context.host.warning(
      `The result of the other stages and jobs cannot be read: ${answer.problem}. This job's own result counts.`,
    );
    return own;
  }
  const { result, unfinished } = pipelineState(answer.records, context.host.variable('System.JobId'), own);
  if (unfinished.length === 0 || result === 'failed' || result === 'canceled') return result;
  context.host.info(
    `The run stays open: still to come or running are ${unfinished.slice(0, 5).join(', ')}${unfinished.length > 5 ? ' …' : ''}.`,
  );
  return undefined;
}
