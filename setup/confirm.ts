import { createInterface } from 'node:readline/promises';
import { SetupError, UsageError } from './errors.ts';
import type { Output } from './output.ts';

/**
 * Goes on where somebody at the terminal types yes.
 * @param otherwise what is so where nobody does, without a full stop
 * @throws UsageError where there is nobody to ask, SetupError where the answer is no
 */
export async function confirm(output: Output, question: string, otherwise: string): Promise<void> {
  const why = output.isJson
    ? 'with --json nobody is asked'
    : process.stdin.isTTY
      ? undefined
      : 'there is no terminal to ask on';
  if (why !== undefined) throw new UsageError(`${otherwise}: ${why}. Give --yes to do it.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} Type yes to go on: `);
    if (answer.trim() !== 'yes') throw new SetupError(`${otherwise}.`);
  } finally {
    terminal.close();
  }
}
