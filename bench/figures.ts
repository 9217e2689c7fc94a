/** How often the samples are drawn anew for an interval. */
const draws = 1000;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export interface Ratio {
  readonly value: number;
  /** The interval that holds the ratio with 90 %: what the machine's noise leaves open. */
  readonly low: number;
  readonly high: number;
}

export type Centre = (values: readonly number[]) => number;

/**
 * The ratio of two contenders that ran in turn, `ours[i]` next to `theirs[i]`. Its interval is a bootstrap over the rounds, so
 * that what slowed a whole round counts once.
 */
export function ratioOf(ours: readonly number[], theirs: readonly number[], centre: Centre = median): Ratio {
  const random = generator(ours.length);
  const drawn = Array.from({ length: draws }, () => {
    const rounds = ours.map(() => Math.floor(random() * ours.length));
    return centre(pick(ours, rounds)) / centre(pick(theirs, rounds));
  }).sort((a, b) => a - b);
  return {
    value: centre(ours) / centre(theirs),
    low: drawn[Math.floor(draws * 0.05)] ?? Number.NaN,
    high: drawn[Math.ceil(draws * 0.95) - 1] ?? Number.NaN,
  };
}

function pick(values: readonly number[], indexes: readonly number[]): number[] {
  return indexes.flatMap((index) => values.slice(index, index + 1));
}

/** A linear congruential generator: the same samples always give the same interval. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
