import { PortApiError } from '../../common/errors.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import { type LogEnd, addRunLog } from '../../common/port/runs/run-logs.ts';
import { type Run, type RunChanges, getRun, isFinished, updateRun } from '../../common/port/runs/run.ts';
import { chunkLines, cutText } from './log-text.ts';
import { warningForLostLog } from './lost-log.ts';
import type { Report, Reported } from './report.ts';

/** Bytes of a summary: with its JSON escapes and the other keys it stays under Port's 1 MiB for a body. */
const longestSummary = 256 * 1024;

/** Reports to an action run (`r_…`): log entries, then one PATCH with everything else. */
export async function reportActionRun(port: PortClient, runId: string, report: Report): Promise<Reported> {
  const changes = changesOf(report);
  const chunks = chunkLines(report.log);
  const end = endByLog(changes, chunks);
  let refused: PortApiError | undefined;
  let lost = await warningForLostLog(async () => {
    refused = await refusal(() => sendLog(port, runId, { chunks, end }));
  });
  let run = refused === undefined ? undefined : await getRun(port, runId);
  if (refused !== undefined && run !== undefined && isOpenFor(run, changes)) {
    lost = `Port refused the log lines; everything else is reported. ${refused.message}`;
    refused = undefined;
  }
  const warnings = lost === undefined ? [] : [lost];
  const logEntries = refused === undefined && lost === undefined ? chunks.length : 0;
  const isEndedByLog = end !== undefined && lost === undefined;
  if (refused === undefined && !isEndedByLog && Object.keys(changes).length > 0)
    refused = await refusal(() => updateRun(port, runId, changes));
  if (refused === undefined)
    return { status: changes.status ?? 'IN_PROGRESS', logEntries, notes: [], warnings };
  // Lines that may have arrived are not sent a second time.
  const left = lost === undefined ? report : { ...report, log: '' };
  run = run === undefined || isOpenFor(run, changes) ? await getRun(port, runId) : run;
  const after = await afterRefusal(port, run, { report: left, changes, logEntries, refused });
  return { ...after, warnings: [...warnings, ...after.warnings] };
}

/** Port has no word for a cancelled action run: it becomes a failure, and the label says what it was. */
function changesOf(report: Report): RunChanges {
  const { verdict, label, links, summary, externalRunId } = report;
  return {
    ...(verdict !== undefined && { status: verdict.result === 'success' ? 'SUCCESS' : 'FAILURE' }),
    ...(label !== undefined && { statusLabel: label }),
    ...(links.length > 0 && { link: links }),
    ...(summary !== undefined && { summary: cutText(summary, longestSummary) }),
    ...(externalRunId !== undefined && { externalRunId }),
  };
}

/** Where the end needs no more than status and label, the last log entry carries it, which saves the PATCH. */
function endByLog(changes: RunChanges, chunks: readonly string[]): LogEnd | undefined {
  const { status, statusLabel, ...others } = changes;
  if (status === undefined || chunks.length === 0 || Object.keys(others).length > 0) return undefined;
  return { terminationStatus: status, ...(statusLabel !== undefined && { statusLabel }) };
}

async function sendLog(
  port: PortClient,
  runId: string,
  log: { chunks: readonly string[]; end: LogEnd | undefined },
): Promise<void> {
  const { chunks, end } = log;
  for (const [index, message] of chunks.entries()) {
    const alreadySent = chunks.slice(0, index).filter((chunk) => chunk === message).length;
    const isLast = index === chunks.length - 1;
    await addRunLog(port, runId, { message, alreadySent, ...(isLast && end !== undefined && { end }) });
  }
}

/** Port refuses with 422 what comes for a finished or synchronized run; only a look at the run tells these from bad values. */
async function refusal(action: () => Promise<void>): Promise<PortApiError | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (error instanceof PortApiError && error.status === 422) return error;
    throw error;
  }
}

interface Refusal {
  readonly report: Report;
  readonly changes: RunChanges;
  readonly logEntries: number;
  readonly refused: PortApiError;
}

/** Whether Port would take these changes: only a finished or synchronized run is a reason to refuse good ones. */
function isOpenFor(run: Run, changes: RunChanges): boolean {
  return !isFinished(run) && !(run.isSynchronized && changes.status !== undefined);
}

async function afterRefusal(port: PortClient, run: Run, refusal: Refusal): Promise<Reported> {
  if (isFinished(run)) return afterEnd(run, refusal);
  if (isOpenFor(run, refusal.changes)) throw refusal.refused;
  return withoutStatus(port, run, refusal);
}

function afterEnd(run: Run, { changes, logEntries }: Refusal): Reported {
  const wanted = changes.status;
  const asTold = run.statusLabel === undefined ? run.status : `${run.status} ("${run.statusLabel}")`;
  const isConflict = wanted !== undefined && wanted !== run.status;
  const message =
    wanted === undefined
      ? `The run is finished already, as ${asTold}; Port takes no more changes for it.`
      : isConflict
        ? `The run is finished already, as ${asTold}; this step would have reported ${wanted}. Port keeps the first.`
        : `The run is finished already, as ${asTold}: that is what this step reports.`;
  return {
    status: run.status,
    logEntries,
    notes: isConflict ? [] : [message],
    warnings: isConflict ? [message] : [],
  };
}

/** Port ends a synchronized run by itself; label, links and summary are worth a try. */
async function withoutStatus(
  port: PortClient,
  run: Run,
  { report, changes, logEntries }: Refusal,
): Promise<Reported> {
  const { status, ...others } = changes;
  const warning = `Port finishes this run by itself, so ${status ?? 'the status'} was not reported. To let the pipeline report, set "synchronized": false in the action's backend.`;
  const chunks = logEntries === 0 ? chunkLines(report.log) : [];
  const refusedLog =
    chunks.length === 0 ? undefined : await refusal(() => sendLog(port, run.id, { chunks, end: undefined }));
  const refused =
    Object.keys(others).length === 0 ? undefined : await refusal(() => updateRun(port, run.id, others));
  const notes = refused === undefined ? [] : ['Port took no label, links or summary for this run either.'];
  return {
    status: run.status,
    logEntries: refusedLog === undefined ? Math.max(logEntries, chunks.length) : 0,
    notes,
    warnings: [warning],
  };
}
