import pc from 'picocolors';
import { jsonText, neutralText, plainText } from '../tasks/common/text/plain-text.ts';

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
      if (!isJson) console.log(harmless(text));
    },
    json,
    progress: (text) => console.error(harmless(pc.dim(text))),
    error: (text) => {
      console.error(harmless(`${pc.red('error')} ${text}`));
      json({ error: text });
    },
  };
}

/** The colours that this program uses. */
const color = /(\u001b\[(?:1|2|22|3[0-9])m)/;

/** In a pipeline the agent reads these lines, and they hold what others wrote: no command for it, no control codes but our colours. */
function harmless(text: string): string {
  return text
    .split(color)
    .map((part, index) => (index % 2 === 1 ? part : neutralText(part)))
    .join('');
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
