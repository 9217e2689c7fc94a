import type { Clock } from './clock.ts';

/** How often a request may be repeated after its answer did not come, or was an error that passes. */
export type Repeat =
  /** Doing it twice is the same as doing it once. */
  | 'safe'
  /** Only where the request certainly did not arrive, or Port refused it before looking at it (429). */
  | 'unlessReceived';

/**
 * Statuses that pass by themselves. Port documents 429; 502 to 504 come from what stands before it. 500 is not
 * among them: Port's own clients do not repeat it either.
 */
export const retryableStatuses: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** Statuses after which Port has certainly not acted. */
export const refusedStatuses: ReadonlySet<number> = new Set([429]);

/** The wait before the second try, in ms; doubled for each further one. */
export const firstDelay = 500;
export const longestDelay = 30_000;
export const mostTries = 8;

/** Above this a number in x-ratelimit-reset is an epoch in seconds, below it a number of seconds (as Port's own client reads it). */
const epochFrom = 10_000;

/** The wait before try number `tries + 1`, in ms: exponential with full jitter over its upper half. */
export function backoffDelay(tries: number, random: number): number {
  const ceiling = Math.min(longestDelay, firstDelay * 2 ** (tries - 1));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/** What the server asks for, in ms from now; undefined where it asks for nothing that can be understood. */
export function requestedDelay(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const retryAfter = headers['retry-after'];
  if (retryAfter !== undefined) {
    const delay = secondsOrDate(retryAfter, now);
    if (delay !== undefined) return delay;
  }
  const reset = headers['x-ratelimit-reset'];
  return reset === undefined ? undefined : secondsOrDate(reset, now);
}

function secondsOrDate(text: string, now: number): number | undefined {
  if (/^\s*\d+(\.\d+)?\s*$/.test(text)) {
    const seconds = Number(text);
    return seconds > epochFrom ? Math.max(0, seconds * 1000 - now) : seconds * 1000;
  }
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The wait before the next try: what the server asked for plus a little jitter, else the backoff. */
export function delayBefore(tries: number, asked: number | undefined, clock: Pick<Clock, 'random'>): number {
  if (asked === undefined) return backoffDelay(tries, clock.random());
  return Math.round(asked + 250 * clock.random());
}
