import { mayHaveBeenDone } from '../../common/errors.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import { type Run, type RunChanges, getRun, isFinished, updateRun } from '../../common/port/runs/run.ts';
import {
  type DetailsTime,
  type Part,
  type Undelivered,
  deliver,
  sendEach,
  timeForUpdate,
  warningFor,
} from './details.ts';
import type { Detail } from './report.ts';
import { synchronizedWarning } from './run-state.ts';

/** An action run, and the time that one report to it has. */
export interface Sending {
  readonly port: PortClient;
  readonly runId: string;
  readonly detailsTime: DetailsTime;
}

interface Misses {
  /** What Port would refuse at a later time too. */
  readonly refused: readonly Detail[];
  readonly warnings: readonly string[];
  /** Why all changes together did not arrive. */
  readonly failure?: Undelivered;
}

/** What Port holds of the changes, and what it does not. */
export type Changed =
  | ({ readonly kind: 'changed'; readonly held: RunChanges; readonly status: string } & Misses)
  /** The run was over before. */
  | { readonly kind: 'over'; readonly run: Run };

const details: readonly (readonly [Detail, keyof RunChanges, string])[] = [
  ['links', 'link', 'the links'],
  ['summary', 'summary', 'the summary'],
  ['externalRunId', 'externalRunId', 'the external run id'],
];

/** The details among changes. */
export function detailsOf(changes: RunChanges): readonly Detail[] {
  return details.filter(([, key]) => changes[key] !== undefined).map(([detail]) => detail);
}

/** Undefined where the run cannot be read. Half of what is left is for the end. */
export async function readRun({ port, runId, detailsTime }: Sending): Promise<Run | undefined> {
  let run: Run | undefined;
  const forDetails = detailsTime();
  const atMost = forDetails > 0 ? forDetails : port.timeLeft() / 2;
  await deliver(async () => void (run = await getRun(port, runId, atMost)));
  return run;
}

/**
 * Sends all changes at once. Where that fails, for whatever reason, one of them may be the cause: the run is read, which waits
 * until Port answers, and the changes are sent in parts.
 * @param known the run, where it has been read after a refusal of the log.
 * @throws TaskError where the status is not in Port.
 */
export async function sendChanges(sending: Sending, changes: RunChanges, known?: Run): Promise<Changed> {
  const { status } = changes;
  if (Object.keys(changes).length === 0) return changedTo({});
  if (known?.isSynchronized === true && status !== undefined)
    return sendWithoutStatus(sending, changes, known);
  const failure = await update(sending, changes, timeForUpdate(sending.port, partsOf(changes)));
  if (failure === undefined) return changedTo(changes);
  const run = await readRun(sending);
  if (run !== undefined && isFinished(run)) return endOf(run, changes, [failure]);
  if (run?.isSynchronized === true && status !== undefined) return sendWithoutStatus(sending, changes, run);
  return sendInParts(sending, changes, failure);
}

/** All of `held` is in Port. */
export function changedTo(held: RunChanges, misses: Partial<Misses> = {}): Changed {
  const status = held.status ?? 'IN_PROGRESS';
  return { kind: 'changed', held, status, refused: [], warnings: [], ...misses };
}

function update(
  { port, runId }: Sending,
  changes: RunChanges,
  atMost: number | undefined,
): Promise<Undelivered | undefined> {
  return deliver(() => updateRun(port, runId, changes, atMost));
}

/** A run that is over: by these changes, where the answer to one of the tries was lost, or by others. */
function endOf(run: Run, changes: RunChanges, failures: readonly Undelivered[]): Changed {
  const { status, statusLabel = run.statusLabel } = changes;
  const isOwn = run.status === status && run.statusLabel === statusLabel;
  return isOwn && failures.some(({ error }) => mayHaveBeenDone(error))
    ? changedTo(changes)
    : { kind: 'over', run };
}

/** Port ends a synchronized run by itself; label, links and summary are worth a try. */
async function sendWithoutStatus(sending: Sending, changes: RunChanges, run: Run): Promise<Changed> {
  const { status, ...others } = changes;
  const rest = await sendChanges(sending, others, run);
  if (rest.kind === 'over') return rest;
  return {
    ...rest,
    status: run.status,
    held: { statusLabel: run.statusLabel ?? '', link: run.links, ...rest.held },
    warnings: [synchronizedWarning(run, status), ...rest.warnings],
  };
}

/** Each detail alone, then the end. In this order, for Port takes nothing after the end of a run. */
async function sendInParts(sending: Sending, changes: RunChanges, failure: Undelivered): Promise<Changed> {
  const parts = details
    .filter(([, key]) => changes[key] !== undefined)
    .map(([detail, key, name]): Part<RunChanges> => [detail, name, { [key]: changes[key] }]);
  const each = await sendEach(parts, sending.detailsTime, (part, atMost) => update(sending, part, atMost));
  const end = await sendEnd(sending, changes, parts.length === 0 ? failure : undefined);
  if (end.kind === 'over') return end;
  return {
    ...end,
    held: { ...each.held, ...end.held },
    refused: each.refused,
    warnings: [...each.warnings, ...end.warnings],
    failure,
  };
}

/**
 * Status and label, then the status alone.
 * @param failed why both together failed, where they have been tried.
 * @throws TaskError where the status is not in Port.
 */
async function sendEnd(
  sending: Sending,
  { status, statusLabel }: RunChanges,
  failed: Undelivered | undefined,
): Promise<Changed> {
  if (status === undefined && statusLabel === undefined) return changedTo({});
  const end: RunChanges = {
    ...(status !== undefined && { status }),
    ...(statusLabel !== undefined && { statusLabel }),
  };
  const atMost = status === undefined ? undefined : timeForUpdate(sending.port, partsOf(end));
  const together = failed ?? (await update(sending, end, atMost));
  if (together === undefined) return changedTo(end);
  const warnings = statusLabel === undefined ? [] : [warningFor(`the label "${statusLabel}"`, together)];
  if (status === undefined) return changedTo({}, { warnings });
  const alone = statusLabel === undefined ? together : await update(sending, { status }, undefined);
  if (alone === undefined) return changedTo({ status }, { warnings });
  // Somebody may have ended it meanwhile.
  const run = await readRun(sending);
  if (run !== undefined && isFinished(run)) return endOf(run, end, [together, alone]);
  throw alone.error;
}

function partsOf(changes: RunChanges): { details: number; hasLabel: boolean } {
  return { details: detailsOf(changes).length, hasLabel: changes.statusLabel !== undefined };
}
