import { PortApiError, type TaskError } from '../../common/errors.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import { type LogEnd, addRunLog } from '../../common/port/runs/run-logs.ts';
import { type Run, type RunChanges, getRun, isFinished, updateRun } from '../../common/port/runs/run.ts';
import {
  type Delivery,
  type DetailsTime,
  type Undelivered,
  deliver,
  detailsTimeOf,
  isRefusal,
  warningFor,
} from './details.ts';
import { chunkLines, cutText } from './log-text.ts';
import type { Detail, Report, Reported } from './report.ts';
import { endedRun, synchronizedWarning } from './run-state.ts';

/** Bytes of a summary: with its JSON escapes and the other keys it stays under Port's 1 MiB for a body. */
const longestSummary = 256 * 1024;

interface Sending {
  readonly port: PortClient;
  readonly runId: string;
  readonly report: Report;
  readonly detailsTime: DetailsTime;
}

/** What Port holds of the changes, and what it does not. */
type Changed =
  | {
      readonly kind: 'changed';
      readonly held: RunChanges;
      readonly status: string;
      readonly warnings: readonly string[];
    }
  /** The run was over before. */
  | { readonly kind: 'over'; readonly run: Run };

/**
 * Reports to an action run (`r_…`): log entries, then one PATCH with everything else. What Port refuses is left out and told; the
 * end of the run is sent in any case.
 */
export async function reportActionRun(port: PortClient, runId: string, report: Report): Promise<Reported> {
  const sending = { port, runId, report, detailsTime: detailsTimeOf(port) };
  const links = await linksFor(sending);
  if (links.kind === 'over') return endedRun(links.run, report);
  const changes = changesOf(report, links.urls);
  const log = await sendLog(sending, endByLog(changes, report));
  const undelivered = log.delivery.kind === 'sent' ? links.error : log.delivery.error;
  const isLogTaken = log.delivery.kind === 'sent' && report.log !== '';
  if (undelivered !== undefined && !isLogTaken && Object.keys(changes).length === 0) throw undelivered;
  const refusal = log.delivery.kind === 'refused' ? log.delivery : undefined;
  const run = refusal !== undefined && isRefusal(refusal.error) ? await readRun(sending) : undefined;
  if (run !== undefined && isFinished(run)) return endedRun(run, report);
  const changed: Changed = log.isEnd
    ? { kind: 'changed', held: changes, status: changes.status ?? 'IN_PROGRESS', warnings: [] }
    : await sendChanges(sending, changes, run);
  if (changed.kind === 'over') return endedRun(changed.run, report);
  const { held, status, warnings } = changed;
  const logWarnings = log.delivery.kind === 'sent' ? [] : [warningFor('the log lines', log.delivery)];
  return {
    status,
    label: held.statusLabel,
    links: held.link ?? [],
    taken: [...takenOf(held), ...(isLogTaken ? ['log' as const] : [])],
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
async function linksFor({ port, runId, report, detailsTime }: Sending): Promise<Links> {
  if (report.links.length === 0) return { kind: 'links', urls: [], warnings: [] };
  if (report.isFirst === true) return { kind: 'links', urls: report.links, warnings: [] };
  let run: Run | undefined;
  const read = await deliver(async () => void (run = await getRun(port, runId, detailsTime())));
  if (read.kind === 'sent' && run !== undefined) {
    if (isFinished(run)) return { kind: 'over', run };
    return { kind: 'links', urls: [...new Set([...run.links, ...report.links])], warnings: [] };
  }
  if (read.kind === 'sent') return { kind: 'links', urls: [], warnings: [] };
  if (read.error instanceof PortApiError && read.error.status === 404) throw read.error;
  const warning = `The links were left out: they would replace those of the run, which cannot be read. ${read.error.message}`;
  return { kind: 'links', urls: [], warnings: [warning], error: read.error };
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
function endByLog(changes: RunChanges, { log }: Report): LogEnd | undefined {
  const { status, statusLabel, ...others } = changes;
  if (status === undefined || log.trim() === '' || Object.keys(others).length > 0) return undefined;
  return { terminationStatus: status, ...(statusLabel !== undefined && { statusLabel }) };
}

/** `isEnd`: the last entry has ended the run. Where Port refuses the entry with the end, the entry is sent without it. */
async function sendLog(
  { port, runId, report, detailsTime }: Sending,
  end: LogEnd | undefined,
): Promise<{ delivery: Delivery; isEnd: boolean }> {
  const chunks = chunkLines(report.log);
  for (const [index, message] of chunks.entries()) {
    const alreadySent = chunks.slice(0, index).filter((chunk) => chunk === message).length;
    const entryEnd = index === chunks.length - 1 ? end : undefined;
    const send = (withEnd: LogEnd | undefined) =>
      deliver(() => addRunLog(port, runId, { message, alreadySent, end: withEnd, atMost: detailsTime() }));
    const delivery = await send(entryEnd);
    if (delivery.kind === 'sent') {
      if (entryEnd !== undefined) return { delivery, isEnd: true };
      continue;
    }
    if (entryEnd === undefined || !isRefusal(delivery.error)) return { delivery, isEnd: false };
    return { delivery: await send(undefined), isEnd: false };
  }
  return { delivery: { kind: 'sent' }, isEnd: false };
}

async function readRun({ port, runId }: Sending): Promise<Run | undefined> {
  let run: Run | undefined;
  const read = await deliver(async () => void (run = await getRun(port, runId)));
  return read.kind === 'sent' ? run : undefined;
}

/** @param known the run, where it has been read after a refusal of the log. */
async function sendChanges(sending: Sending, changes: RunChanges, known: Run | undefined): Promise<Changed> {
  const { port, runId } = sending;
  if (Object.keys(changes).length === 0)
    return { kind: 'changed', held: {}, status: known?.status ?? 'IN_PROGRESS', warnings: [] };
  if (known?.isSynchronized === true && changes.status !== undefined)
    return sendWithoutStatus(sending, changes, known);
  try {
    await updateRun(port, runId, changes);
    return { kind: 'changed', held: changes, status: changes.status ?? 'IN_PROGRESS', warnings: [] };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const run = await readRun(sending);
    if (run !== undefined && isFinished(run)) return { kind: 'over', run };
    if (run?.isSynchronized === true && changes.status !== undefined)
      return sendWithoutStatus(sending, changes, run);
    return sendInParts(sending, changes, { refusal: error, isReadable: run !== undefined });
  }
}

/** Port ends a synchronized run by itself; label, links and summary are worth a try. */
async function sendWithoutStatus(sending: Sending, changes: RunChanges, run: Run): Promise<Changed> {
  const { status, ...others } = changes;
  const rest = await sendChanges(sending, others, { ...run, isSynchronized: false });
  if (rest.kind === 'over') return rest;
  return {
    ...rest,
    status: run.status,
    held: { statusLabel: run.statusLabel ?? '', link: run.links, ...rest.held },
    warnings: [synchronizedWarning(run, status), ...rest.warnings],
  };
}

const details: readonly (readonly [Exclude<Detail, 'log'>, keyof RunChanges, string])[] = [
  ['links', 'link', 'the links'],
  ['summary', 'summary', 'the summary'],
  ['externalRunId', 'externalRunId', 'the external run id'],
];

function takenOf(held: RunChanges): readonly Detail[] {
  return details.filter(([, key]) => held[key] !== undefined).map(([detail]) => detail);
}

/** Why the changes are sent in parts. */
interface Cause {
  readonly refusal: PortApiError;
  /** Whether Port let the run be read after it. */
  readonly isReadable: boolean;
}

/**
 * Finds out what of the changes Port refuses: each detail alone, then the end. In this order, for Port takes nothing after
 * the end of a run.
 */
async function sendInParts(sending: Sending, changes: RunChanges, cause: Cause): Promise<Changed> {
  const { port, runId, detailsTime } = sending;
  const warnings: string[] = [];
  let held: RunChanges = {};
  for (const [, key, name] of details.filter(([, key]) => changes[key] !== undefined)) {
    const part: RunChanges = { [key]: changes[key] };
    const delivery = await deliver(() => updateRun(port, runId, part, detailsTime()));
    if (delivery.kind === 'sent') held = { ...held, ...part };
    else warnings.push(warningFor(name, delivery));
  }
  const { status, statusLabel } = changes;
  const end: RunChanges = {
    ...(status !== undefined && { status }),
    ...(statusLabel !== undefined && { statusLabel }),
  };
  const ended = await sendEnd(sending, end, cause);
  if ('run' in ended) return { kind: 'over', run: ended.run };
  return {
    kind: 'changed',
    held: { ...held, ...ended.held },
    status: status ?? 'IN_PROGRESS',
    warnings: [...warnings, ...ended.warnings],
  };
}

/** @throws the refusal of the status itself, where the run is still open. */
async function sendEnd(
  sending: Sending,
  end: RunChanges,
  cause: Cause,
): Promise<{ held: RunChanges; warnings: readonly string[] } | { run: Run }> {
  const { port, runId, detailsTime } = sending;
  const { status, statusLabel } = end;
  if (Object.keys(end).length === 0) return { held: {}, warnings: [] };
  try {
    await updateRun(port, runId, end, status === undefined ? detailsTime() : undefined);
    return { held: end, warnings: [] };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const labelRefused: Undelivered = { kind: 'refused', error };
    const warning = statusLabel === undefined ? [] : [warningFor(`the label "${statusLabel}"`, labelRefused)];
    if (status === undefined) return { held: {}, warnings: warning };
    if (statusLabel === undefined) return overOrThrow(sending, { ...cause, refusal: error });
    try {
      await updateRun(port, runId, { status });
      return { held: { status }, warnings: warning };
    } catch (second) {
      if (!isRefusal(second)) throw second;
      return overOrThrow(sending, cause);
    }
  }
}

/** A refusal of the bare status of a run that looked open: somebody may have ended it meanwhile. */
async function overOrThrow(sending: Sending, { refusal, isReadable }: Cause): Promise<{ run: Run }> {
  const run = isReadable ? await readRun(sending) : undefined;
  if (run !== undefined && isFinished(run)) return { run };
  throw refusal;
}
