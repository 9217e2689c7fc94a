import { CanceledError, TaskError } from '../common/errors.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import { type SummaryRow, attachSummary, summaryTable } from '../common/outputs/summary.ts';
import { cleanerOf } from '../common/port/session.ts';
import { markdownLink, markdownText } from '../common/text/markdown.ts';
import { oneLine } from '../common/text/plain-text.ts';
import { actionOf } from './action.ts';
import { cancelRun } from './cancel-run.ts';
import { type WaitTimes, readInputs } from './inputs.ts';
import { RetryState } from './retry-state.ts';
import { statusText } from './run-text.ts';
import { startOnce } from './start-once.ts';
import type { Execution, StartedRun } from './startable.ts';
import { waitForEnd } from './wait-for-end.ts';
import { workflowOf } from './workflow.ts';

/** PortExecuteAction: starts a run of an action or a workflow, and takes over its result. */
export async function run(context: TaskContext): Promise<Outcome> {
  const { host } = context;
  const inputs = readInputs(host);
  const startable = inputs.kind === 'workflow' ? workflowOf(inputs) : actionOf(inputs);
  const execution = { inputs, startable };
  const retryState = new RetryState(context, inputs);
  const started = await startOnce(context, execution, retryState);
  await retryState.save({ runId: started.id, isFound: started.isFound });
  const url = startable.pageOf(started.id);
  host.setOutput('runId', started.id);
  host.setOutput('runUrl', url);
  host.setOutput('runStatus', started.status);
  host.info(`Started ${startable.name}: run ${oneLine(started.id)}, ${statusText(started)}, ${url}`);
  let last = started;
  try {
    if (inputs.wait !== undefined) {
      last = await endOf(context, execution, {
        started,
        wait: inputs.wait,
        url,
        onChange: (changed) => (last = changed),
      });
    }
  } finally {
    if (inputs.wait === undefined || last.isFinished) retryState.clear();
    host.setOutput('runStatus', last.status);
    if (inputs.isSummaryWanted)
      attachSummary(host, cleanerOf(context, inputs)(summaryOf(execution, last, url)));
  }
  return { result: 'Succeeded', message: `Port run ${oneLine(last.id)} is ${statusText(last)}: ${url}` };
}

interface WaitRequest {
  readonly started: StartedRun;
  readonly wait: WaitTimes;
  readonly url: string;
  readonly onChange: (run: StartedRun) => void;
}

/** @throws TaskError where the run ends in any other way than SUCCESS, or not in time. */
async function endOf(
  context: TaskContext,
  execution: Execution,
  { started, wait, url, onChange }: WaitRequest,
): Promise<StartedRun> {
  const end = await untilEnd(context, execution, { started, wait, url, onChange });
  const name = `Port run ${oneLine(started.id)} of ${execution.startable.name}`;
  if (end === undefined) {
    throw new TaskError(
      'PORT_TIMEOUT',
      `${name} has not ended within ${wait.timeout / 60_000} minutes, and goes on in Port: ${url}. Raise timeoutMinutes, or set wait to false.`,
    );
  }
  if (end.status === 'SUCCESS') return end;
  if (end.status === 'DECLINED')
    throw new TaskError('PORT_ACTION', `${name} was declined, and did not run: ${url}`);
  throw new TaskError(
    'PORT_ACTION',
    `${name} ended as ${statusText(end)}. Its log is above, its page is ${url}`,
  );
}

/** The run at its end, undefined where the time ran out before; a cancel of the job is handed on where Port can cancel the run. */
async function untilEnd(
  context: TaskContext,
  execution: Execution,
  { started, wait, url, onChange }: WaitRequest,
): Promise<StartedRun | undefined> {
  const { host } = context;
  const show = (run: StartedRun) => {
    host.info(`Port run ${oneLine(run.id)} is ${statusText(run)}.`);
    host.setOutput('runStatus', run.status);
    onChange(run);
  };
  try {
    return await waitForEnd(context, execution, { started, wait, onChange: show });
  } catch (error) {
    if (error instanceof CanceledError) {
      const last = await cancelRun(context, execution, started);
      if (last !== undefined) onChange(last);
    } else host.info(`Waiting failed; the run goes on in Port: ${url}`);
    throw error;
  }
}

function summaryOf(
  { inputs: { kind, identifier } }: Execution,
  { id, status, statusLabel }: StartedRun,
  url: string,
): string {
  const rows: SummaryRow[] = [
    [kind === 'action' ? 'Action' : 'Workflow', markdownText(identifier)],
    ['Run', markdownLink(id, url)],
    ['Status', markdownText(status)],
  ];
  if (statusLabel !== undefined) rows.push(['Label', markdownText(statusLabel)]);
  return summaryTable(rows);
}
