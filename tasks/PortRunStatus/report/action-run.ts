import { PortApiError, type TaskError } from '../../common/errors.ts';
import { type LogEnd, addRunLog } from '../../common/port/runs/run-logs.ts';
import { type Run, type RunChanges, getRun, isFinished } from '../../common/port/runs/run.ts';
import { type Undelivered, deliver, isRefusal, undelivered, warningFor } from './details.ts';
import { longestSummary } from './limits.ts';
import { chunkLines, cutText } from './log-text.ts';
import type { Report, Reported } from './report.ts';
import { type Sending, changedTo, detailsOf, readRun, sendChanges } from './run-changes.ts';
import { endedRun } from './run-state.ts';

/**
 * Reports to an action run (`r_…`): log entries, then one PATCH with everything else. What Port refuses is left out and told; the
 * end of the run is sent in any case.
 */
export async function reportActionRun(sending: Sending, report: Report): Promise<Reported> {
  const links = await linksFor(sending, report);
  if (links.kind === 'over') return endedRun(links.run, report);
  const changes = changesOf(report, links.urls);
  const { lostLog, isEnd } = await sendLog(sending, report, endByLog(changes));
  const run = isRefusal(lostLog?.error) ? await readRun(sending) : undefined;
  if (run !== undefined && isFinished(run)) return endedRun(run, report);
  const changed = isEnd ? changedTo(changes) : await sendChanges(sending, changes, run);
  if (changed.kind === 'over') return endedRun(changed.run, report);
  const { held, status, failure, warnings } = changed;
  const isLogTaken = lostLog === undefined && report.log !== '';
  const missed = failure?.error ?? lostLog?.error ?? links.error;
  if (missed !== undefined && !isLogTaken && Object.keys(held).length === 0) throw missed;
  const logWarnings = lostLog === undefined ? [] : [warningFor('the log lines', lostLog)];
  return {
    status,
    label: held.statusLabel,
    links: held.link ?? [],
    taken: [...detailsOf(held), ...(isLogTaken ? ['log' as const] : [])],
    refused: [...changed.refused, ...(lostLog?.kind === 'refused' ? ['log' as const] : [])],
    notes: [],
    warnings: [...links.warnings, ...logWarnings, ...warnings],
  };
}

type Links =
  | {
      readonly kind: 'links';
      readonly urls: readonly string[];
      readonly warnings: readonly string[];
      /** Why the run could not be read. */
      readonly error?: TaskError;
    }
  | { readonly kind: 'over'; readonly run: Run };

/** The links of this step and those that the run has: Port replaces all of them by what is sent. */
async function linksFor({ port, runId, detailsTime }: Sending, report: Report): Promise<Links> {
  if (report.links.length === 0) return { kind: 'links', urls: [], warnings: [] };
  if (report.isFirst === true) return { kind: 'links', urls: report.links, warnings: [] };
  try {
    const run = await getRun(port, runId, detailsTime(2));
    if (isFinished(run)) return { kind: 'over', run };
    return { kind: 'links', urls: [...new Set([...run.links, ...report.links])], warnings: [] };
  } catch (thrown) {
    const { error } = undelivered(thrown);
    if (error instanceof PortApiError && error.status === 404) throw error;
    const warning = `The links were left out: they would replace those of the run, which cannot be read. ${error.message}`;
    return { kind: 'links', urls: [], warnings: [warning], error };
  }
}

/** Port has no word for a cancelled action run: it becomes a failure, and the label says what it was. */
function changesOf({ verdict, label, summary, externalRunId }: Report, links: readonly string[]): RunChanges {
  return {
    ...(verdict !== undefined && { status: verdict.result === 'success' ? 'SUCCESS' : 'FAILURE' }),
    ...(label !== undefined && { statusLabel: label }),
    ...(links.length > 0 && { link: links }),
    ...(summary !== undefined && { summary: cutText(summary, longestSummary) }),
    ...(externalRunId !== undefined && { externalRunId }),
  };
}

/** Where the end needs no more than status and label, the last log entry carries it, which saves the PATCH. */
function endByLog(changes: RunChanges): LogEnd | undefined {
  const { status, statusLabel, ...others } = changes;
  if (status === undefined || Object.keys(others).length > 0) return undefined;
  return { terminationStatus: status, ...(statusLabel !== undefined && { statusLabel }) };
}

/**
 * `isEnd`: the last entry has ended the run. Where that fails, the end may be the cause: the entry is sent without it, if it is not
 * there.
 */
async function sendLog(
  { port, runId, detailsTime }: Sending,
  report: Report,
  end: LogEnd | undefined,
): Promise<{ lostLog: Undelivered | undefined; isEnd: boolean }> {
  const chunks = chunkLines(report.log);
  for (const [index, message] of chunks.entries()) {
    const alreadySent = chunks.slice(0, index).filter((chunk) => chunk === message).length;
    const entryEnd = index === chunks.length - 1 ? end : undefined;
    const entry = { message, alreadySent };
    const lostLog = await deliver(() =>
      addRunLog(port, runId, { ...entry, end: entryEnd, atMost: detailsTime(2) }),
    );
    if (lostLog === undefined && entryEnd !== undefined) return { lostLog, isEnd: true };
    if (lostLog !== undefined && entryEnd === undefined) return { lostLog, isEnd: false };
    if (lostLog !== undefined) {
      const mayBeThere = !isRefusal(lostLog.error);
      const alone = await deliver(() =>
        addRunLog(port, runId, { ...entry, mayBeThere, atMost: detailsTime() }),
      );
      return { lostLog: alone, isEnd: false };
    }
  }
  return { lostLog: undefined, isEnd: false };
}
