import type { Clock } from '../clock.ts';
import { NetworkError, type NetworkFault } from '../errors.ts';
import type { HttpResponse } from './transport.ts';

/** How often a request may be repeated after its answer did not come, or was an error that passes. */
export type Repeat =
  /** Doing it twice is the same as doing it once. */
  | 'safe'
  /** Only where the request certainly did not arrive, or Port refused it before looking at it (429). */
  | 'unlessReceived';

/** Statuses that pass by themselves. Port documents 429; 502 to 504 come from what stands before it. */
export const retryableStatuses: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** The wait before the second try, in ms; doubled for each further one. */
export const firstDelay = 500;
export const longestDelay = 30_000;

/**
 * Above this a number in x-ratelimit-reset is an epoch in seconds, below it a number of seconds (as Port's own client reads
 * it); numbers from the second limit on can only be an epoch in milliseconds.
 */
const epochFrom = 10_000;
const epochInMillisecondsFrom = 100_000_000_000;

/** The forms of a date in an answer: HTTP's (RFC 9110) and ISO 8601. Date.parse takes almost any text for some date. */
const dateForm = /^(?:[A-Z][a-z]+, .* GMT|\d{4}-\d\d-\d\dT.*)$/;

/** The wait before try number `tries + 1`, in ms: exponential with full jitter over its upper half. */
export function backoffDelay(tries: number, random: number): number {
  const ceiling = Math.min(longestDelay, firstDelay * 2 ** (tries - 1));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/**
 * What the server asks for, in ms from now; undefined where it asks for nothing that can be understood. The reset of the rate
 * limit stands in every answer of Port and says something about a refusal by it alone.
 */
export function requestedDelay(
  { status, headers }: { status: number; headers: Readonly<Record<string, string>> },
  now: number,
): number | undefined {
  const delay = secondsOrDate(headers['retry-after'], now);
  return delay ?? (status === 429 ? secondsOrDate(headers['x-ratelimit-reset'], now) : undefined);
}

function secondsOrDate(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    if (number <= epochFrom) return number * 1000;
    return Math.max(0, (number < epochInMillisecondsFrom ? number * 1000 : number) - now);
  }
  const date = dateForm.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * The wait before the next try: what the server asked for plus a tenth of jitter, else the backoff. A wish for no wait at all
 * (0, or a date that has passed by this machine's clock) is no leave to hammer.
 */
export function delayBefore(
  tries: number,
  requested: number | undefined,
  clock: Pick<Clock, 'random'>,
): number {
  if (requested === undefined || requested < firstDelay) return backoffDelay(tries, clock.random());
  return Math.round(requested + Math.max(250, requested / 10) * clock.random());
}

/** What became of one try. */
export type TryOutcome = HttpResponse | NetworkError;

/** A kind of failure: how a request was lost, a status that is an error, or an answer that is not Port's. */
export type FailureKind = NetworkFault | 'status' | 'noJson';

/** Failures of one kind count together: one of a kind that seldom passes is no end when others came before it. */
export function kindOf(outcome: TryOutcome): FailureKind {
  if (outcome instanceof NetworkError) return outcome.fault;
  return outcome.status < 400 ? 'noJson' : 'status';
}

/**
 * Of these kinds, so many failures end a call: they are mistakes as a rule, which no waiting mends. A resolver that is being
 * restarted says "no such host" for some seconds, and six tries take 8 s; an answer without JSON may have been cut.
 */
const mostFailuresByKind: Partial<Record<FailureKind, number>> = {
  unknownHost: 6,
  tooLarge: 1,
  tlsUntrusted: 1,
  tlsExpired: 1,
  tlsWrongHost: 1,
  tlsClientCertificate: 1,
  tls: 1,
  proxyTls: 1,
  proxyRefused: 2,
  proxyAuthentication: 1,
  noJson: 4,
};

/** How many failures of this kind end a call; of the others there may be as many as its time allows. */
export function mostFailures(kind: FailureKind): number {
  return mostFailuresByKind[kind] ?? Infinity;
}

/** Whether the failure may pass by itself. 500 is the answer to the request as well: only what is safe is sent again. */
export function isWorthRepeating(outcome: TryOutcome, repeat: Repeat): boolean {
  if (outcome instanceof NetworkError || outcome.status < 400) return true;
  return retryableStatuses.has(outcome.status) || (outcome.status === 500 && repeat === 'safe');
}
