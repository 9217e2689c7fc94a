import { takesColors, withColors } from '../setup/colors.ts';

/** A line on stdout, with its colours where they are seen. */
export function print(line: string): void {
  process.stdout.write(`${shownOn(process.stdout, line)}\n`);
}

/** A line on stderr. */
export function printError(line: string): void {
  process.stderr.write(`${shownOn(process.stderr, line)}\n`);
}

function shownOn(stream: { readonly isTTY?: boolean }, line: string): string {
  return withColors(takesColors(stream, process.env), line, (part) => part);
}
