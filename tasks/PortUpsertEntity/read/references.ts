import type { Hash } from './identifier-table.ts';
import { Int32List } from './int32-list.ts';

/** That an entity of the input relates to an identifier. */
export interface Reference {
  /** Index of the entity. */
  readonly entity: number;
  /** Position in `Survey.relations`. */
  readonly relation: number;
  /** Of the identifier that it relates to. */
  readonly hash: Hash;
}

/** The references of an input, in 16 bytes each. */
export class References {
  readonly #entities = new Int32List();
  readonly #relations = new Int32List();
  readonly #firstHalves = new Int32List();
  readonly #secondHalves = new Int32List();

  add({ entity, relation, hash }: Reference): void {
    this.#entities.push(entity);
    this.#relations.push(relation);
    this.#firstHalves.push(hash.first);
    this.#secondHalves.push(hash.second);
  }

  forEach(action: (reference: Reference) => void): void {
    for (let at = 0; at < this.#entities.length; at++) {
      action({
        entity: this.#entities.at(at),
        relation: this.#relations.at(at),
        hash: { first: this.#firstHalves.at(at), second: this.#secondHalves.at(at) },
      });
    }
  }
}
