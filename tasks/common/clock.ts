import { setTimeout as delay } from 'node:timers/promises';
import { CanceledError } from './errors.ts';

/** Time and chance, as a parameter, so that tests need not wait for either. */
export interface Clock {
  /** The wall clock, in ms since the epoch: for dates that others give or read. It may jump, and measures nothing. */
  now(): number;
  /** Milliseconds since some moment, by a clock that never jumps: for how long something takes. */
  elapsed(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** Waits; throws CanceledError as soon as the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: Date.now,
  elapsed() {
    // What performance.now() tells, which would load a module of Node first.
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  },
  random: Math.random,
  async sleep(milliseconds, signal) {
    await delay(milliseconds, undefined, { signal }).catch(() => {
      throw new CanceledError();
    });
  },
};

/** Aborted a time in ms after another signal, unless it is over by then; one that is aborted already begins nothing. */
export function delayedSignal(
  signal: AbortSignal,
  time: number,
  { clock, over }: { readonly clock: Pick<Clock, 'sleep'>; readonly over: AbortSignal },
): AbortSignal {
  if (signal.aborted) return signal;
  const later = new AbortController();
  const abort = () => {
    clock.sleep(time, over).then(
      () => later.abort(),
      () => undefined,
    );
  };
  signal.addEventListener('abort', abort, { once: true, signal: over });
  return later.signal;
}
