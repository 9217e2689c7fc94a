import { type PortApiError, TaskError } from '../common/errors.ts';
import { oneLine } from '../common/text/plain-text.ts';

/** How many refusals a message lists in full. */
const mostListed = 10;

/** What became of the entities that were to be deleted. */
export class Deletions {
  deleted = 0;
  missing = 0;
  /** Which they were, where Port names them. */
  readonly missingIdentifiers: string[] = [];
  readonly refused: { readonly identifier: string; readonly error: PortApiError }[] = [];

  addDeleted(count: number): void {
    this.deleted += count;
  }

  addMissing(count: number, identifier?: string): void {
    this.missing += count;
    if (identifier !== undefined) this.missingIdentifiers.push(identifier);
  }

  addRefused(identifier: string, error: PortApiError): void {
    this.refused.push({ identifier, error });
  }

  /** The error that the step ends with; undefined where nothing is wrong. */
  failure(blueprint: string, isMissingFine: boolean): TaskError | undefined {
    const missing = isMissingFine ? [] : this.#missingProblems();
    const [first] = this.refused;
    if (first !== undefined && this.refused.length === 1 && missing.length === 0 && this.deleted === 0)
      return first.error;
    const problems = [
      ...missing,
      ...this.refused.map(({ identifier, error }) => `"${oneLine(identifier)}": ${error.message}`),
    ];
    if (problems.length === 0) return undefined;
    const count = this.refused.length + (isMissingFine ? 0 : this.missing);
    const listed = problems.slice(0, mostListed).map((problem) => `- ${problem}`);
    const more = problems.length > mostListed ? [`- and ${problems.length - mostListed} more`] : [];
    const heading = `${count} of ${count + this.deleted} entities of blueprint ${oneLine(blueprint)} were not deleted:`;
    return new TaskError('PORT_ENTITIES', [heading, ...listed, ...more].join('\n'));
  }

  #missingProblems(): readonly string[] {
    const advice = 'does not exist. Check the spelling, or set ignoreMissing to true';
    const named = this.missingIdentifiers.map((identifier) => `"${oneLine(identifier)}" ${advice}.`);
    const unnamed = this.missing - named.length;
    return unnamed > 0 ? [...named, `${unnamed} of them: ${advice}.`] : named;
  }
}
