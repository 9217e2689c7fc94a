import type { TaskContext } from '../common/main.ts';
import type { Tally } from './tally.ts';

/** Time between two lines, in ms. */
const interval = 5000;

/** Tells every few seconds how far the work is. */
export class Progress {
  readonly #context: Pick<TaskContext, 'host' | 'clock'>;
  readonly #count: number;
  #last: number;

  constructor(context: Pick<TaskContext, 'host' | 'clock'>, count: number) {
    this.#context = context;
    this.#count = count;
    this.#last = context.clock.now();
  }

  show({ written, refused }: Pick<Tally, 'written' | 'refused'>): void {
    const { host, clock } = this.#context;
    const now = clock.now();
    if (now - this.#last < interval) return;
    this.#last = now;
    const done = written + refused;
    const text = `${done} of ${this.#count} entities done${refused > 0 ? `, ${refused} of them refused` : ''}`;
    host.info(text);
    host.progress((100 * done) / this.#count, text);
  }
}
