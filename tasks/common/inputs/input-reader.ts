import type { Host } from '../agent/host.ts';
import { InputError } from '../errors.ts';
import { oneLine } from '../text/plain-text.ts';

/** Whether the task has an input of this name: no advice names one that it lacks. */
export type HasInput = (name: string) => boolean;

/**
 * Turns the text of inputs into values and collects every problem on the way, so that a user sees them all at once.
 * Nothing below the task's own inputs.ts reads an input.
 */
export class InputReader {
  readonly #host: Pick<Host, 'input'>;
  readonly #problems: string[] = [];
  readonly #names = new Set<string>();

  constructor(host: Pick<Host, 'input'>) {
    this.#host = host;
  }

  problem(text: string): void {
    if (!this.#problems.includes(text)) this.#problems.push(text);
  }

  /** Every problem so far. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** @throws InputError with every problem so far, where there is one. */
  finish(): void {
    if (this.#problems.length > 0) throw new InputError(this.#problems);
  }

  /** Whether the task has this input: it reads every one that it has. */
  hasRead(name: string): boolean {
    return this.#names.has(name);
  }

  text(name: string): string | undefined {
    this.#names.add(name);
    return this.#host.input(name);
  }

  required(name: string, what: string): string {
    const text = this.text(name);
    if (text === undefined) this.problem(`Input ${name} is empty. Set it to ${what}.`);
    return text ?? '';
  }

  /** One of the words, in any case. */
  choice<Word extends string>(name: string, words: readonly Word[], byDefault: Word): Word {
    const text = this.text(name);
    if (text === undefined) return byDefault;
    const word = words.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
    if (word === undefined)
      this.problem(`Input ${name} is "${oneLine(text, 60)}". Use one of: ${words.join(', ')}.`);
    return word ?? byDefault;
  }

  flag(name: string, byDefault: boolean): boolean {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return byDefault;
    if (text !== 'true' && text !== 'false')
      this.problem(`Input ${name} is "${oneLine(text, 60)}". Use true or false.`);
    return text === 'true';
  }

  wholeNumber(name: string, byDefault: number, range: { min: number; max: number }): number {
    const text = this.text(name);
    if (text === undefined) return byDefault;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < range.min || value > range.max) {
      this.problem(
        `Input ${name} is "${oneLine(text, 60)}". Use a whole number from ${range.min} to ${range.max}.`,
      );
      return byDefault;
    }
    return value;
  }

  /** The non-empty lines of a multi-line input. */
  lines(name: string): readonly string[] {
    return (this.text(name) ?? '')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
  }
}
