import { delayedSignal, systemClock } from '../../tasks/common/clock.ts';
import { CanceledError } from '../../tasks/common/errors.ts';

/** How a stopped command ends its calls. */
export interface Stop {
  /** Ends those that only read, and waits. */
  readonly now: AbortSignal;
  /** Ends what may make something, a little later: what is made after all was looked for stays. */
  readonly late: AbortSignal;
}

/** How long a call that may make something goes on after a stop, in ms. */
const grace = 5000;

/** @param over aborted when nobody waits for any call any more */
export const stopOf = (now: AbortSignal, over: AbortSignal): Stop => ({
  now,
  late: delayedSignal(now, grace, { clock: systemClock, over }),
});

/** For calls that know no signal: theirs go on, and nobody waits for them. @throws CanceledError once the signal is aborted */
export async function endedBy<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw new CanceledError();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(new CanceledError());
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([call(), aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
