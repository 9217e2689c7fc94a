import type { PickLine } from '../common/outputs/pick.ts';
import type { StoredEntity } from '../common/port/entities/get-entity.ts';
import { longestOutput, outputJson } from '../common/text/output-values.ts';
import { JobMatrix } from './job-matrix.ts';

/** Hits that the summary page lists. */
const mostShown = 20;

/** What is kept of the hits, whatever their number: a count, and as much as outputs and summary hold. */
export class SearchResult {
  count = 0;
  first: StoredEntity | undefined;
  readonly shown: StoredEntity[] = [];
  readonly identifiers: string[] = [];
  readonly matrix: JobMatrix;
  /** Whether Port has more than the limit let through. */
  hasMore = false;
  #length = 2;
  #isFull = false;

  constructor(picks: readonly PickLine[]) {
    this.matrix = new JobMatrix(picks);
  }

  add(entity: StoredEntity): void {
    this.count++;
    this.first ??= entity;
    if (this.shown.length < mostShown) this.shown.push(entity);
    this.matrix.add(entity);
    this.#addIdentifier(String(entity.identifier));
  }

  #addIdentifier(identifier: string): void {
    const length = outputJson(identifier).length + 1;
    this.#isFull ||= this.#length + length > longestOutput;
    if (this.#isFull) return;
    this.#length += length;
    this.identifiers.push(identifier);
  }
}
