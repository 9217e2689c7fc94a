import { Int32List } from './int32-list.ts';

/** The two 32-bit halves of a hash. */
export interface Hash {
  readonly first: number;
  readonly second: number;
}

/**
 * A 64-bit hash of a text (cyrb64): with 100,000 entities the chance that two different identifiers meet is below one in a
 * thousand million.
 */
export function hashOf(text: string): Hash {
  let first = 0xdeadbeef;
  let second = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    first = Math.imul(first ^ code, 0x9e3779b1);
    second = Math.imul(second ^ code, 0x5f356495);
  }
  first = Math.imul(first ^ (first >>> 16), 0x85ebca6b) ^ Math.imul(second ^ (second >>> 13), 0xc2b2ae35);
  second = Math.imul(second ^ (second >>> 16), 0x85ebca6b) ^ Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return { first: first | 0, second: second | 0 };
}

/** The entities of an input by identifier and blueprint, in about 24 bytes each. */
export class IdentifierTable {
  readonly #firstHalves = new Int32List();
  readonly #secondHalves = new Int32List();
  /** The number of each entity's blueprint; -1 for an entity that cannot be found. */
  readonly #blueprints = new Int32List();
  /** Open addressing: an entity's index + 1, or 0. Never more than half full. */
  #slots = new Int32Array(2048);

  /** How many entities were added or skipped. */
  get count(): number {
    return this.#blueprints.length;
  }

  /** Gives the entity the next index. Returns the index of an earlier entity with the same key, or -1. */
  add(identifier: string, blueprint: number): number {
    const hash = hashOf(identifier);
    const earlier = this.find(hash, blueprint);
    const index = this.count;
    this.#append(hash, blueprint);
    if (this.count * 2 > this.#slots.length) this.#grow();
    else if (earlier < 0) this.#occupy(index);
    return earlier;
  }

  /** Gives the next index to an entity that cannot be found by its identifier. */
  skip(): void {
    this.#append({ first: 0, second: 0 }, -1);
  }

  /** The index of the entity, or -1. */
  find(hash: Hash, blueprint: number): number {
    for (let slot = this.#slotOf(hash.first, blueprint); ; slot = (slot + 1) % this.#slots.length) {
      const index = (this.#slots[slot] ?? 0) - 1;
      if (index < 0 || this.#isAt(index, hash, blueprint)) return index;
    }
  }

  #append({ first, second }: Hash, blueprint: number): void {
    this.#firstHalves.push(first);
    this.#secondHalves.push(second);
    this.#blueprints.push(blueprint);
  }

  #isAt(index: number, { first, second }: Hash, blueprint: number): boolean {
    return (
      this.#firstHalves.at(index) === first &&
      this.#secondHalves.at(index) === second &&
      this.#blueprints.at(index) === blueprint
    );
  }

  #slotOf(first: number, blueprint: number): number {
    return ((first ^ Math.imul(blueprint + 1, 0x9e3779b1)) >>> 0) % this.#slots.length;
  }

  #occupy(index: number): void {
    let slot = this.#slotOf(this.#firstHalves.at(index), this.#blueprints.at(index));
    while (this.#slots[slot] !== 0) slot = (slot + 1) % this.#slots.length;
    this.#slots[slot] = index + 1;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let index = 0; index < this.count; index++) {
      const hash = { first: this.#firstHalves.at(index), second: this.#secondHalves.at(index) };
      const blueprint = this.#blueprints.at(index);
      if (blueprint >= 0 && this.find(hash, blueprint) < 0) this.#occupy(index);
    }
  }
}
