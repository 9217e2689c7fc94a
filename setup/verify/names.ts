import { createHash } from 'node:crypto';

/** What the names of all that a probe makes begin with. */
export const prefix = 'azverify_';

/** After so long, in ms, what is still there was left by a run that was killed. */
export const timeToLive = 60 * 60 * 1000;

/** Four characters that only this command puts behind the others: what somebody else calls so is left alone. */
const checkOf = (part: string): string =>
  BigInt(`0x${createHash('sha256').update(part).digest('hex')}`)
    .toString(36)
    .slice(-4);

/**
 * What the names of all that one question makes begin with: when it was asked, which of those of the same second it is, and a
 * check of both. With the 8 characters of `Lab.name` they stay below 30, which is all that Port takes.
 * @param now in ms since the epoch
 * @param random from 0 up to, not including, 1
 */
export function newStamp(now: number, random: number): string {
  const time = Math.floor(now / 1000).toString(36);
  const part = `${time}${Math.floor(random * 36 ** 2)
    .toString(36)
    .padStart(2, '0')}`;
  return `${prefix}${part}${checkOf(part)}`;
}

/** The stamp in a text, such as an identifier or an address; undefined for what no run of `verify` made. */
export function stampIn(text: string): string | undefined {
  const [stamp, part = '', check] = /azverify_([a-z0-9]{8})([a-z0-9]{4})/.exec(text) ?? [];
  return check === checkOf(part) ? stamp : undefined;
}

/** When the question of a stamp was asked, in ms since the epoch. */
export const beganAt = (stamp: string): number => parseInt(stamp.slice(prefix.length, -6), 36) * 1000;
