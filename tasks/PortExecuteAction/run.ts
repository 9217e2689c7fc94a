import { CanceledError, TaskError } from '../common/errors.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import { type SummaryRow, attachSummary, summaryTable } from '../common/outputs/summary.ts';
import { runPage } from '../common/port/pages.ts';
import { type Run, isFinished } from '../common/port/runs/run.ts';
import { cleanerOf } from '../common/port/session.ts';
import { markdownLink, markdownText } from '../common/text/markdown.ts';
import { oneLine } from '../common/text/plain-text.ts';
import { type ActionInputs, type WaitTimes, readInputs } from './inputs.ts';
import { RetryState } from './retry-state.ts';
import { startOnce } from './start-once.ts';
import { waitForEnd } from './wait-for-end.ts';

/** PortExecuteAction: starts a run of an action, and takes over its result. */
export async function run(context: TaskContext): Promise<Outcome> {
  const { host } = context;
  const inputs = readInputs(host);
  const retryState = new RetryState(context, inputs);
  const started = await startOnce(context, inputs, retryState);
  await retryState.save({ runId: started.id });
  const url = runPage(inputs.connection.appUrl, started.id);
  host.setOutput('runId', started.id);
  host.setOutput('runUrl', url);
  host.setOutput('runStatus', started.status);
  host.info(
    `Started action ${oneLine(inputs.action)}: run ${oneLine(started.id)}, ${statusText(started)}, ${url}`,
  );
  let last = started;
  try {
    if (inputs.wait !== undefined) {
      last = await endOf(context, inputs, {
        started,
        wait: inputs.wait,
        url,
        onChange: (changed) => (last = changed),
      });
    }
  } finally {
    if (inputs.wait === undefined || isFinished(last)) retryState.clear();
    host.setOutput('runStatus', last.status);
    if (inputs.isSummaryWanted) attachSummary(host, cleanerOf(context, inputs)(summaryOf(inputs, last, url)));
  }
  return { result: 'Succeeded', message: `Port run ${oneLine(last.id)} is ${statusText(last)}: ${url}` };
}

interface WaitRequest {
  readonly started: Run;
  readonly wait: WaitTimes;
  readonly url: string;
  readonly onChange: (run: Run) => void;
}

/** @throws TaskError where the run ends in any other way than SUCCESS, or not in time. */
async function endOf(context: TaskContext, inputs: ActionInputs, request: WaitRequest): Promise<Run> {
  const { host } = context;
  const { started, wait, url } = request;
  const onChange = (run: Run) => {
    host.info(`Port run ${oneLine(run.id)} is ${statusText(run)}.`);
    host.setOutput('runStatus', run.status);
    request.onChange(run);
  };
  let end: Run | undefined;
  try {
    end = await waitForEnd(context, inputs, { started, wait, onChange });
  } catch (error) {
    const isCanceled = error instanceof CanceledError;
    host.info(`${isCanceled ? 'Stopped waiting' : 'Waiting failed'}; the run goes on in Port: ${url}`);
    throw error;
  }
  const name = `Port run ${oneLine(started.id)} of action ${oneLine(inputs.action)}`;
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

function statusText({ status, statusLabel }: Run): string {
  const label = statusLabel === undefined ? '' : ` "${oneLine(statusLabel)}"`;
  const words = status === 'WAITING_FOR_APPROVAL' ? 'waiting for approval' : oneLine(status, 60);
  return `${words}${label}`;
}

function summaryOf({ action }: ActionInputs, { id, status, statusLabel }: Run, url: string): string {
  const rows: SummaryRow[] = [
    ['Action', markdownText(action)],
    ['Run', markdownLink(id, url)],
    ['Status', markdownText(status)],
  ];
  if (statusLabel !== undefined) rows.push(['Label', markdownText(statusLabel)]);
  return summaryTable(rows);
}
