import { Int32List } from './int32-list.ts';

/** Two 32-bit halves. */
export type Hash = readonly [number, number];

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
  return [first | 0, second | 0];
}

/** The entities of an input by identifier and blueprint, in about 24 bytes each. */
export class IdentifierTable {
  /** Three numbers per entity: the hash, and the blueprint's number. */
  readonly #keys = new Int32List();
  /** Open addressing: an entity's index + 1, or 0. Never more than half full. */
  #slots = new Int32Array(2048);

  /** How many entities were added or skipped. */
  get count(): number {
    return this.#keys.length / 3;
  }

  /** Gives the entity the next index. Returns the index of an earlier entity with the same key, or -1. */
  add(identifier: string, blueprint: number): number {
    const hash = hashOf(identifier);
    const earlier = this.find(hash, blueprint);
    const index = this.count;
    this.#keys.push(hash[0], hash[1], blueprint);
    if (this.count * 2 > this.#slots.length) this.#grow();
    else if (earlier < 0) this.#occupy(index);
    return earlier;
  }

  /** Gives the next index to an entity that cannot be found by its identifier. */
  skip(): void {
    this.#keys.push(0, 0, -1);
  }

  /** The index of the entity, or -1. */
  find([first, second]: Hash, blueprint: number): number {
    for (let slot = this.#slotOf(first, blueprint); ; slot = (slot + 1) % this.#slots.length) {
      const index = (this.#slots[slot] ?? 0) - 1;
      if (index < 0) return -1;
      const at = index * 3;
      if (
        this.#keys.at(at) === first &&
        this.#keys.at(at + 1) === second &&
        this.#keys.at(at + 2) === blueprint
      )
        return index;
    }
  }

  #slotOf(first: number, blueprint: number): number {
    return ((first ^ Math.imul(blueprint + 1, 0x9e3779b1)) >>> 0) % this.#slots.length;
  }

  #occupy(index: number): void {
    const at = index * 3;
    let slot = this.#slotOf(this.#keys.at(at), this.#keys.at(at + 2));
    while (this.#slots[slot] !== 0) slot = (slot + 1) % this.#slots.length;
    this.#slots[slot] = index + 1;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let index = 0; index < this.count; index++) {
      const at = index * 3;
      const blueprint = this.#keys.at(at + 2);
      if (blueprint < 0) continue;
      if (this.find([this.#keys.at(at), this.#keys.at(at + 1)], blueprint) < 0) this.#occupy(index);
    }
  }
}
