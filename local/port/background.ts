/** Work that goes on after an answer was sent: invocations, mappings, automations. */
export class Background {
  readonly #running = new Set<Promise<void>>();

  /** Starts a piece of work; an error in it is the local Port's own and is shown by `idle`. */
  start(work: () => Promise<void>): void {
    const running = work();
    this.#running.add(running);
    const forget = (): void => void this.#running.delete(running);
    running.then(forget, () => undefined);
  }

  /** Resolves when nothing is left, including what that work started in its turn. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) {
      const [first] = this.#running;
      if (first === undefined) return;
      await first.finally(() => this.#running.delete(first));
    }
  }
}
