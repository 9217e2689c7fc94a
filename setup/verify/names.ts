/** What everything that a probe makes is called: what was left can be told apart from what is yours, and how old it is. */
export const prefix = 'verify_azure_';

/** After so long, in ms, what is still there was left by a run that was killed. */
export const timeToLive = 60 * 60 * 1000;

/** The names of one run: when it began, and which of those that began in the same second it is. Port takes 30 characters. */
export function newStamp(now: number, random: number): string {
  const part = Math.floor(random * 36 ** 2)
    .toString(36)
    .padStart(2, '0');
  return `${prefix}${Math.floor(now / 1000).toString(36)}${part}`;
}

/** The stamp in a text, such as an identifier or an address; undefined for what no run of `verify` made. */
export const stampIn = (text: string): string | undefined =>
  /verify_azure_[a-z0-9]{6}[a-z0-9]{2}/.exec(text)?.[0];

/** When the run of a stamp began, in ms since the epoch. */
export const beganAt = (stamp: string): number => parseInt(stamp.slice(prefix.length, -2), 36) * 1000;
