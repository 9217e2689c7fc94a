import { Int32List } from '../read/int32-list.ts';

/** Which entities of an input must come after which others, in 8 bytes each. */
export class Dependencies {
  /** How many entities there are. */
  readonly count: number;
  readonly #counts: Int32Array;
  /** Those that come after the same entity are chained: each is followed by the one that was added before it. */
  readonly #dependents = new Int32List();
  readonly #previous = new Int32List();
  readonly #last: Int32Array;

  constructor(count: number) {
    this.count = count;
    this.#counts = new Int32Array(count);
    this.#last = new Int32Array(count).fill(-1);
  }

  get isEmpty(): boolean {
    return this.#dependents.length === 0;
  }

  /** Notes that an entity must come after another one. */
  add(dependent: number, required: number): void {
    this.#counts[dependent] = (this.#counts[dependent] ?? 0) + 1;
    this.#previous.push(this.#last[required] ?? -1);
    this.#last[required] = this.#dependents.length;
    this.#dependents.push(dependent);
  }

  /** For each entity, how many others it must come after; the caller's own. */
  counts(): Int32Array {
    return this.#counts.slice();
  }

  forEachDependent(required: number, action: (dependent: number) => void): void {
    for (let at = this.#last[required] ?? -1; at >= 0; at = this.#previous.at(at)) {
      action(this.#dependents.at(at));
    }
  }
}
