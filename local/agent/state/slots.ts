/** A limited number of places, such as the agents of a pool. Waiters are served in order. */
export class Slots {
  readonly #free: number[];
  readonly #waiting: ((slot: number) => void)[] = [];

  constructor(count: number) {
    this.#free = Array.from({ length: count }, (_, index) => index + 1);
  }

  /** The number of a free place, from 1; nothing when `signal` comes first. */
  async take(signal: AbortSignal): Promise<number | undefined> {
    if (signal.aborted) return undefined;
    const free = this.#free.shift();
    if (free !== undefined) return free;
    return new Promise((resolve) => {
      const serve = (slot: number) => {
        signal.removeEventListener('abort', leave);
        resolve(slot);
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(serve), 1);
        resolve(undefined);
      };
      this.#waiting.push(serve);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  giveBack(slot: number): void {
    const next = this.#waiting.shift();
    if (next !== undefined) next(slot);
    else this.#free.push(slot);
    this.#free.sort((a, b) => a - b);
  }
}
