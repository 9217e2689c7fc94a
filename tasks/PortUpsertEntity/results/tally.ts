import type { HasInput } from '../../common/inputs/input-reader.ts';
import { adviceFor } from '../../common/port/client/advice.ts';
import { oneLine } from '../../common/text/plain-text.ts';
import type { ResultRecord } from './result-file.ts';

const mostSamples = 20;
const mostReasons = 10;

interface Reason {
  count: number;
  readonly first: ResultRecord;
}

/** Counts what became of the entities, and keeps the first ones of each kind for showing. */
export class Tally {
  created = 0;
  updated = 0;
  /** Written, where Port did not say whether it was there before. */
  eitherWay = 0;
  refused = 0;
  /** Sent, without an answer: Port may have written them. */
  unconfirmed = 0;
  notSent = 0;
  readonly samples: Readonly<Record<'created' | 'updated' | 'eitherWay' | 'refused', ResultRecord[]>> = {
    created: [],
    updated: [],
    eitherWay: [],
    refused: [],
  };
  readonly #hasInput: HasInput;
  readonly #reasons = new Map<string, Reason>();

  constructor(hasInput: HasInput) {
    this.#hasInput = hasInput;
  }

  get written(): number {
    return this.created + this.updated + this.eitherWay;
  }

  get failed(): number {
    return this.refused + this.unconfirmed + this.notSent;
  }

  add(record: ResultRecord): void {
    const { error, created } = record;
    if (error !== null) this.#addReason(error.code || String(error.status), record);
    if (error?.status === 0) {
      this.unconfirmed += 1;
      return;
    }
    const kind = error === null ? kindOf(created) : 'refused';
    this[kind] += 1;
    if (this.samples[kind].length < mostSamples) this.samples[kind].push(record);
  }

  #addReason(code: string, record: ResultRecord): void {
    const reason = this.#reasons.get(code);
    if (reason !== undefined) reason.count += 1;
    else if (this.#reasons.size < mostReasons) this.#reasons.set(code, { count: 1, first: record });
  }

  /** A line for each reason, the commonest first: how often, an example, and what to do. */
  reasons(): readonly string[] {
    const sorted = [...this.#reasons].sort(([, a], [, b]) => b.count - a.count);
    return sorted.map(([code, { count, first }]) => {
      const error = first.error ?? { status: 0, message: '' };
      const advice = error.status === 0 ? '' : ` ${adviceFor(error.status, code, this.#hasInput)}`;
      return `${count} x ${code}, such as ${nameOf(first)}: ${ended(oneLine(error.message, 300))}${advice}`;
    });
  }
}

function kindOf(created: boolean | null): 'created' | 'updated' | 'eitherWay' {
  if (created === null) return 'eitherWay';
  return created ? 'created' : 'updated';
}

/** `"checkout" of blueprint "service" (entity 12)`. */
export function nameOf({ identifier, blueprint, index }: ResultRecord): string {
  return `"${oneLine(identifier, 80)}" of blueprint "${oneLine(blueprint, 80)}" (entity ${index + 1})`;
}

function ended(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}
