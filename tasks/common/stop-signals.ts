/** The agent's ways to ask a step to stop: SIGINT first, SIGTERM (Windows: Ctrl+Break) 7.5 s later. */
const stopSignals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGBREAK'];

export function onStopSignal(act: () => void): void {
  for (const name of stopSignals) process.on(name, act);
}

/**
 * Does what keeps the process busy for long, and lets a signal end the process meanwhile: no listener is called before the
 * work is done. Only for work before anything was sent, or begun that has to be ended.
 */
export function endableBySignal<T>(work: () => T): T {
  const listeners = stopSignals.flatMap((name) =>
    process.listeners(name).map((listener) => ({ name, listener })),
  );
  for (const { name, listener } of listeners) process.off(name, listener);
  try {
    return work();
  } finally {
    for (const { name, listener } of listeners) process.on(name, listener);
  }
}
