import { jsonText, neutralText, plainText } from '../tasks/common/text/plain-text.ts';
import { colors, takesColors, withColors } from './colors.ts';

/** Where a command's words go. Results go to stdout, progress to stderr. */
export interface Output {
  readonly isJson: boolean;
  /** A line of the result, for people; nothing with `--json`. */
  line(text?: string): void;
  /** The whole result, for scripts; nothing without `--json`. */
  json(value: unknown): void;
  /** What is being done; never part of the result. */
  progress(text: string): void;
  /** Why the command ends; with `--json`, in the result too. */
  error(text: string): void;
}

export function createOutput(isJson: boolean): Output {
  const json = (value: unknown) => {
    if (isJson) console.log(jsonText(value));
  };
  return {
    isJson,
    line: (text = '') => {
      if (!isJson) console.log(harmless(process.stdout, text));
    },
    json,
    progress: (text) => console.error(harmless(process.stderr, colors.dim(text))),
    error: (text) => {
      console.error(harmless(process.stderr, `${colors.red('error')} ${text}`));
      json({ error: text });
    },
  };
}

/** In a pipeline the agent reads these lines, and they hold what others wrote: no command for it, no control codes but our colours. */
function harmless(stream: { readonly isTTY?: boolean }, text: string): string {
  return withColors(takesColors(stream, process.env), text, neutralText);
}

/** Text from outside, made fit for a terminal: no control codes. */
export const shown = (text: string): string => plainText(text).replaceAll('\n', ' ');

/** Rows with their columns aligned, two spaces between. Colours belong into the last column only. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  '),
  );
}
