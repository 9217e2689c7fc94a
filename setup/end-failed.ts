import { exitCodeOf, messageOf } from './errors.ts';
import { type Json } from './json.ts';
import { type Output, createOutput } from './output.ts';

/** Ends a command that has done something before it failed: with `--json`, one document has both. */
export function endFailed(output: Output, error: unknown, done: Json): void {
  const text = messageOf(error);
  process.exitCode = exitCodeOf(error);
  createOutput(false).error(text);
  output.json({ ...done, error: text });
}
