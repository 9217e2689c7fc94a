import { isScalar } from 'yaml';
import type { ReadScript } from '../calls.ts';

/** A script without its calls. */
export interface Cut {
  /** Rows of the script's text that go. */
  readonly rows: ReadonlySet<number>;
  /** Whether what the calls said comes before the work, or behind it. */
  readonly side: 'before' | 'after';
}

type Statement = readonly [first: number, last: number];

const within = ([first, last]: Statement, row: number): boolean => first <= row && row <= last;

/** Names that lines set, or read. */
const names = (pattern: RegExp, text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(pattern)].map(([, name = '']) => name));

/**
 * Takes the calls out of a script that does other work as well: whole statements, and those that only prepare them. Undefined
 * where a statement does both, or the work lies between two calls.
 * @param matters whether a call has a step that must keep its place
 */
export function cutCalls({ script, reading, calls }: ReadScript, matters: boolean): Cut | undefined {
  const scalar =
    isScalar(script.place.step.get('bash', true)) || isScalar(script.place.step.get('script', true));
  if (script.language !== 'bash' || !scalar || script.file !== undefined) return undefined;
  const lines = script.text.split('\n');
  const rows = calls.map(({ line }) => line - script.firstLine);
  const isWork = (statement: Statement) => reading.work.some((row) => within(statement, row));
  const gone = new Set(reading.statements.filter((statement) => rows.some((row) => within(statement, row))));
  const text = ([first, last]: Statement) => lines.slice(first, last + 1).join('\n');
  for (const statement of reading.statements.filter((each) => !gone.has(each) && !isWork(each))) {
    const set = names(/(?:^|\s)(\w+)=/g, [...gone].map(text).join('\n'));
    if ([...names(/\$\{?(\w+)/g, text(statement))].some((name) => set.has(name))) gone.add(statement);
  }
  const staying = reading.statements.filter((each) => !gone.has(each));
  const used = names(/\$\{?(\w+)/g, staying.map(text).join('\n'));
  const set = names(/(?:^|\s)(\w+)=/g, [...gone].map(text).join('\n'));
  if ([...gone].some(isWork) || [...set].some((name) => used.has(name))) return undefined;
  const first = Math.min(...reading.work);
  const last = Math.max(...reading.work);
  const isBefore = rows.every((row) => row < first);
  if (matters && !isBefore && !rows.every((row) => row > last)) return undefined;
  const all = [...gone].flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_each, index) => from + index),
  );
  return { rows: new Set(all), side: isBefore ? 'before' : 'after' };
}
