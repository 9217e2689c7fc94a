import { readFileSync } from 'node:fs';

/**
 * Measures time as it would go by on a machine with nothing else to do: without that in which the process of the tests, or
 * the other one that is given, was ready to go on and waited for a processor. Linux counts these waits; elsewhere they
 * stay in.
 *
 * @param other the id of a process that the test has started; it may end at any time.
 * @returns gives the time since the start, in ms.
 */
export function startStopwatch(other?: number): () => number {
  const started = performance.now();
  const before = processorWait('self') ?? 0;
  let otherWait = 0;
  const look = () => {
    const wait = other === undefined ? undefined : processorWait(String(other));
    if (wait === undefined) clearInterval(timer);
    else otherWait = wait;
  };
  // What has ended says nothing any more.
  const timer = setInterval(look, 50).unref();
  look();
  const otherBefore = otherWait;
  return () => {
    look();
    const waits = (processorWait('self') ?? 0) - before + otherWait - otherBefore;
    return performance.now() - started - waits;
  };
}

/** How long the main thread of a process has waited for a processor, in ms: schedstat's second number is in ns. */
function processorWait(id: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/${id}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return undefined;
  }
}
