import { CanceledError, PortApiError, TaskError, isOutage } from '../../common/errors.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import type { Detail } from './report.ts';

/**
 * What became of a part of a report that is not known to be in Port. `lost`: it may not have arrived, and may have. `refused`: Port
 * understood it and does not take it.
 */
export interface Undelivered {
  readonly kind: 'lost' | 'refused';
  readonly error: TaskError;
}

/** Whether Port answered, and does not take what was sent: it may take a part of it. */
export function isRefusal(error: unknown): error is PortApiError {
  return error instanceof PortApiError && !isOutage(error);
}

/**
 * Sends a part without which the report goes on.
 * @returns undefined where it is in Port.
 * @throws CanceledError, and what is no TaskError.
 */
export async function deliver(send: () => Promise<unknown>): Promise<Undelivered | undefined> {
  try {
    await send();
    return undefined;
  } catch (error) {
    return undelivered(error);
  }
}

/** @throws CanceledError, and what is no TaskError. */
export function undelivered(error: unknown): Undelivered {
  if (!(error instanceof TaskError) || error instanceof CanceledError) throw error;
  return { kind: isRefusal(error) ? 'refused' : 'lost', error };
}

/**
 * What is left of the half of a session's time that details may take, in ms; the other half is for the end of the run.
 * @param share how many parts have to do with it.
 */
export type DetailsTime = (share?: number) => number;

export function detailsTimeOf(port: PortClient): DetailsTime {
  const half = port.timeLeft() / 2;
  return (share = 1) => (port.timeLeft() - half) / share;
}

/**
 * The time for an update, in ms; undefined: all that is left. One that Port never answers for one of its details leaves time for
 * the others and for the end without them; so does one with a label, which is seldom the cause.
 */
export function timeForUpdate(
  port: PortClient,
  { details, hasLabel }: { details: number; hasLabel: boolean },
): number | undefined {
  if (details > 0) return port.timeLeft() / 4;
  return hasLabel ? (port.timeLeft() * 2) / 3 : undefined;
}

/** A detail, what a message calls it, and the change that holds it alone. */
export type Part<Changes> = readonly [detail: Detail, name: string, change: Changes];

/** Sends each detail alone, as long as there is time for details. */
export async function sendEach<Changes extends object>(
  parts: readonly Part<Changes>[],
  detailsTime: DetailsTime,
  update: (change: Changes, atMost: number) => Promise<Undelivered | undefined>,
): Promise<{ held: Partial<Changes>; refused: readonly Detail[]; warnings: readonly string[] }> {
  const refused: Detail[] = [];
  const warnings: string[] = [];
  let held: Partial<Changes> = {};
  for (const [index, [detail, name, change]] of parts.entries()) {
    const missed = await update(change, detailsTime(parts.length - index));
    if (missed === undefined) held = { ...held, ...change };
    else warnings.push(warningFor(name, missed));
    if (missed?.kind === 'refused') refused.push(detail);
  }
  return { held, refused, warnings };
}

/** The warning for a part that is not in Port. */
export function warningFor(part: string, { kind, error }: Undelivered): string {
  return kind === 'refused'
    ? `Port refused ${part}; everything else is reported. ${error.message}`
    : `${capitalized(part)} may not have reached Port; everything else is reported. ${error.message}`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
