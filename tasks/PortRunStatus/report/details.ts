import {
  BudgetError,
  CanceledError,
  NetworkError,
  PortApiError,
  TaskError,
  isOutage,
} from '../../common/errors.ts';
import type { PortClient } from '../../common/port/client/client.ts';

/**
 * What became of a part of a report. `lost`: it may not have arrived, and may have. `refused`: Port understood it and does not
 * take it.
 */
export type Delivery = { readonly kind: 'sent' } | Undelivered;

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
 * @throws CanceledError, and what is no TaskError.
 */
export async function deliver(send: () => Promise<unknown>): Promise<Delivery> {
  try {
    await send();
    return { kind: 'sent' };
  } catch (error) {
    if (!(error instanceof TaskError) || error instanceof CanceledError) throw error;
    const isLost = error instanceof NetworkError || error instanceof BudgetError;
    return {
      kind: isLost || !(error instanceof PortApiError) || error.status >= 500 ? 'lost' : 'refused',
      error,
    };
  }
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

/** The warning for a part that is not in Port. */
export function warningFor(part: string, { kind, error }: Undelivered): string {
  return kind === 'refused'
    ? `Port refused ${part}; everything else is reported. ${error.message}`
    : `${capitalized(part)} may not have reached Port; everything else is reported. ${error.message}`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
