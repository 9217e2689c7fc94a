import type { Ratio } from './figures.ts';

/** A target, and what was measured. */
export interface Check {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
  /** `close`: past the target, but by less than the noise. */
  readonly verdict: 'met' | 'close' | 'missed';
}

export function atMost(what: string, { value, low, high }: Ratio, limit: number): Check {
  return {
    what,
    measured: `${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
    target: `at most ${limit}`,
    verdict: value <= limit ? 'met' : low <= limit ? 'close' : 'missed',
  };
}

/** @param tolerance how far one run may be from the next, as a share. */
export function figureAtMost(what: string, figure: Figure, limit: number, tolerance = 0): Check {
  const { value, unit = '' } = figure;
  return {
    what,
    measured: shown(value) + unit,
    target: `at most ${shown(limit)}${unit}`,
    verdict: value <= limit ? 'met' : value <= limit * (1 + tolerance) ? 'close' : 'missed',
  };
}

export function figureAtLeast(what: string, figure: Figure, limit: number, tolerance = 0): Check {
  const { value, unit = '' } = figure;
  return {
    what,
    measured: shown(value) + unit,
    target: `at least ${shown(limit)}${unit}`,
    verdict: value >= limit ? 'met' : value >= limit * (1 - tolerance) ? 'close' : 'missed',
  };
}

export interface Figure {
  readonly value: number;
  /** With its space, such as ` KiB`. */
  readonly unit?: string;
}

export function exactly(what: string, value: number, target: number): Check {
  return {
    what,
    measured: String(value),
    target: String(target),
    verdict: value === target ? 'met' : 'missed',
  };
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toFixed(2)));
}
