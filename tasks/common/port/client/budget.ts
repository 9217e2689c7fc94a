import type { Clock } from '../../clock.ts';

/** The time that calls of Port may take, waits before another try included. It begins when it is made. */
export class Budget {
  readonly #milliseconds: number;
  readonly #clock: Pick<Clock, 'elapsed'>;
  #begun: number;

  constructor(milliseconds: number, clock: Pick<Clock, 'elapsed'>) {
    this.#milliseconds = milliseconds;
    this.#clock = clock;
    this.#begun = clock.elapsed();
  }

  /** What is left of it, in ms; 0 or less where it is used up. */
  left(): number {
    return this.#begun + this.#milliseconds - this.#clock.elapsed();
  }

  /** Lets the whole time begin anew: for work whose length nobody can foresee. */
  renew(): void {
    this.#begun = this.#clock.elapsed();
  }
}
