import { setTimeout as delay } from 'node:timers/promises';
import { startStopwatch } from './stopwatch.ts';

/** Waits until something is so; fails with its name when it takes too long. @param timeout in ms. */
export async function until(what: string, isSo: () => boolean, timeout = 15_000): Promise<void> {
  const elapsed = startStopwatch();
  while (!isSo()) {
    if (elapsed() > timeout) throw new Error(`It took too long until ${what}.`);
    await delay(20);
  }
}
