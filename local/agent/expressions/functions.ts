import { ExpressionError } from './syntax.ts';
import { areEqual, toBoolean, toText } from './values.ts';

/** A function of an expression. It asks for the values that it needs. */
export interface ExpressionFunction {
  readonly arity: readonly [least: number, most: number];
  readonly run: (args: readonly (() => unknown)[]) => unknown;
}

const lazy = (least: number, most: number, run: ExpressionFunction['run']): ExpressionFunction => ({
  arity: [least, most],
  run,
});

/** A function that has all its values when it begins. */
export const eager = (
  least: number,
  most: number,
  run: (...values: unknown[]) => unknown,
): ExpressionFunction => lazy(least, most, (args) => run(...args.map((arg) => arg())));

const compareText = (test: (text: string, part: string) => boolean) =>
  eager(2, 2, (text, part) => test(toText(text).toLowerCase(), toText(part).toLowerCase()));

const isAmong: ExpressionFunction['run'] = ([value, ...others]) => {
  const wanted = value?.();
  return others.some((other) => areEqual(wanted, other()));
};

function format(pattern: unknown, ...values: unknown[]): string {
  const source = toText(pattern);
  return source.replaceAll(/\{\{|\}\}|\{(\d+)\}|[{}]/g, (match, index?: string) => {
    if (match === '{{' || match === '}}') return match.slice(1);
    if (index === undefined) throw new ExpressionError(`The following format string is invalid: ${source}`);
    if (Number(index) < values.length) return toText(values[Number(index)]);
    throw new ExpressionError(
      `The following format string references more arguments than were supplied: ${source}`,
    );
  });
}

function replace(text: unknown, from: unknown, to: unknown): string {
  return from === '' ? toText(text) : toText(text).replaceAll(toText(from), () => toText(to));
}

/** The functions that every expression has; names are lower case. */
export const generalFunctions: Readonly<Record<string, ExpressionFunction>> = {
  and: lazy(2, Infinity, (args) => args.every((arg) => toBoolean(arg()))),
  or: lazy(2, Infinity, (args) => args.some((arg) => toBoolean(arg()))),
  not: eager(1, 1, (value) => !toBoolean(value)),
  eq: eager(2, 2, areEqual),
  ne: eager(2, 2, (a, b) => !areEqual(a, b)),
  in: lazy(2, Infinity, isAmong),
  notin: lazy(2, Infinity, (args) => isAmong(args) === false),
  coalesce: lazy(2, Infinity, (args) => {
    for (const arg of args) {
      const value = arg();
      if (value !== null && value !== undefined && value !== '') return value;
    }
    return null;
  }),
  contains: compareText((text, part) => text.includes(part)),
  startswith: compareText((text, part) => text.startsWith(part)),
  endswith: compareText((text, part) => text.endsWith(part)),
  format: eager(1, Infinity, format),
  lower: eager(1, 1, (value) => toText(value).toLowerCase()),
  upper: eager(1, 1, (value) => toText(value).toUpperCase()),
  replace: eager(3, 3, replace),
  // Pretty-printed, on several lines.
  converttojson: eager(1, 1, (value) => JSON.stringify(value ?? null, null, 2)),
};
