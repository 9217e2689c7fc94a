import { type PickLine, pickedValue } from '../common/outputs/pick.ts';
import type { StoredEntity } from '../common/port/entities/get-entity.ts';
import { longestOutput, outputJson, outputText } from '../common/text/output-values.ts';

/** Azure Pipelines makes at most so many jobs of a matrix. */
const mostLegs = 256;
const longestName = 100;

/**
 * What was found as a job matrix: a leg for each entity, named after its identifier, with the variables `identifier` and those
 * that were picked.
 */
export class JobMatrix {
  readonly #picks: readonly PickLine[];
  #legs: Record<string, Readonly<Record<string, string>>> | undefined = {};
  #length = 2;

  constructor(picks: readonly PickLine[]) {
    this.#picks = picks;
  }

  add(entity: StoredEntity): void {
    if (this.#legs === undefined) return;
    const leg = this.#legOf(entity);
    const name = freeName(String(leg.identifier), this.#legs);
    this.#length += outputJson({ [name]: leg }).length;
    this.#legs[name] = leg;
    const isTooLarge = this.#length > longestOutput || Object.keys(this.#legs).length > mostLegs;
    if (isTooLarge) this.#legs = undefined;
  }

  /** Empty where there is nothing to run a job for, or more than a matrix takes. */
  get json(): string {
    return this.#legs === undefined || this.#length === 2 ? '' : outputJson(this.#legs);
  }

  /** A value that is no fit output is empty here as well: a leg's variables are expanded like all others. */
  #legOf(entity: StoredEntity): Readonly<Record<string, string>> {
    const picked = this.#picks.map(
      ({ name, path }) => [name, outputText(pickedValue(entity, path)).text] as const,
    );
    return { identifier: outputText(entity.identifier).text, ...Object.fromEntries(picked) };
  }
}

/** A leg's name has letters, digits and _, begins with a letter, and is there once, whatever its case. */
function freeName(identifier: string, legs: Readonly<Record<string, unknown>>): string {
  const taken = new Set(Object.keys(legs).map((name) => name.toLowerCase()));
  const letters = identifier.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?![A-Za-z])/, 'e_');
  const name = letters.slice(0, longestName - 4);
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}_${number}`;
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
}
