import { NetworkError, type NetworkFault } from '../errors.ts';
import { mostTries, refusedStatuses, retryableStatuses } from '../retry.ts';
import type { HttpResponse } from '../transport.ts';

/** What became of one try. */
export type Outcome = HttpResponse | NetworkError;

/** A network fault that waiting seldom mends is tried this often at the most. */
const triesByFault: Partial<Record<NetworkFault, number>> = {
  dns: 4,
  tooLarge: 1,
  tlsUntrusted: 1,
  tlsExpired: 1,
  tlsWrongHost: 1,
  tlsClientCertificate: 1,
  tls: 1,
  proxyTls: 1,
  proxyRefused: 2,
  proxyAuthentication: 1,
  other: 3,
};

/** A success without JSON does not come right by itself often: a few tries tell a cut answer from a wrong host. */
const triesForNoJson = 4;

/** Whether the failure may pass by itself. */
export function isWorthRepeating(outcome: Outcome): boolean {
  return outcome instanceof NetworkError || outcome.status < 400 || retryableStatuses.has(outcome.status);
}

/** Whether Port may have done what it was asked. */
export function mayHaveBeenDone(outcome: Outcome): boolean {
  return outcome instanceof NetworkError ? outcome.mayHaveArrived : !refusedStatuses.has(outcome.status);
}

/** Failures of one kind count together: one of a kind that seldom passes is no end when others came before it. */
export function kindOf(outcome: Outcome): string {
  if (outcome instanceof NetworkError) return outcome.fault;
  return outcome.status < 400 ? 'noJson' : 'status';
}

/** How often a failure of this kind may happen before it is the end. */
export function mostTriesFor(outcome: Outcome): number {
  if (outcome instanceof NetworkError) return triesByFault[outcome.fault] ?? mostTries;
  return outcome.status < 400 ? triesForNoJson : mostTries;
}
