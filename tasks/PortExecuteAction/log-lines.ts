import { cut, plainText } from '../common/text/plain-text.ts';

/** Characters of a log entry that are shown. */
const longestEntry = 10_000;

/** An entry of a run's log as it stands in the step's log: indented, so that it is not taken for a line of the step itself. */
export function logLines(message: string): string {
  return cut(plainText(message), longestEntry, '').trimEnd().replace(/^/gm, '  ');
}
