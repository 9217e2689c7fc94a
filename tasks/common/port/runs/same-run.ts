import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../json.ts';

/** Runs to look through for one that was just started; more than any action or workflow gets within seconds. */
export const mostLookedAt = 100;

/** Whether Port has made a run since a time in ms. */
export function isMadeSince(run: unknown, since: number): boolean {
  return isRecord(run) && Date.parse(String(run.createdAt)) >= since;
}

type Values = Readonly<Record<string, unknown>>;

/** Whether these values hold all that were given, which JSON may have changed; Port adds defaults to them. */
export function holds(held: Values, given: Values): boolean {
  const plain = JSON.parse(JSON.stringify(given)) as Values;
  return Object.entries(plain).every(([name, value]) => isDeepStrictEqual(held[name], value));
}

/** An object where an answer holds an object or its identifier. */
export function identifierOf(reference: unknown): string | undefined {
  const identifier = isRecord(reference) ? reference.identifier : reference;
  return typeof identifier === 'string' ? identifier : undefined;
}
