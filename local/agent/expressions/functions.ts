import { ExpressionError } from './syntax.ts';
import { FilteredArray, areEqual, compare, isObject, itemsOf, toBoolean, toText } from './values.ts';

/** A function of an expression, with its values ready. */
export type ExpressionFunction = (...args: unknown[]) => unknown;

const includesText = (test: (text: string, part: string) => boolean) => (text: unknown, part: unknown) =>
  test(toText(text).toLowerCase(), toText(part).toLowerCase());

const notFound: ExpressionFunction = (value, ...others) => !others.some((other) => areEqual(value, other));

function format(pattern: unknown, ...values: unknown[]): string {
  return toText(pattern).replaceAll(
    /\{\{|\}\}|\{(\d+)(:[^}]*)?\}/g,
    (match, index?: string, spec?: string) => {
      if (index === undefined) return match.slice(0, 1);
      if (spec !== undefined)
        throw new ExpressionError(`the local agent does not know the format '${match}'`);
      if (Number(index) >= values.length) {
        throw new ExpressionError(
          `The format string '${toText(pattern)}' references more values than were given`,
        );
      }
      return toText(values[Number(index)]);
    },
  );
}

function join(separator: unknown, collection: unknown): string {
  const items = itemsOf(collection);
  if (items === undefined) return isObject(collection) ? '' : toText(collection);
  // Members that are no text are left out, as the server does.
  return items.map((item) => (isObject(item) || itemsOf(item) ? '' : toText(item))).join(toText(separator));
}

function length(value: unknown): number {
  if (isObject(value)) return Object.keys(value).length;
  return itemsOf(value)?.length ?? toText(value).length;
}

function containsValue(collection: unknown, wanted: unknown): boolean {
  const values = isObject(collection) ? Object.values(collection) : (itemsOf(collection) ?? []);
  return values.some((value) => areEqual(value, wanted));
}

/** `convertToJson`: pretty-printed, on several lines. */
const convertToJson = (value: unknown) =>
  JSON.stringify(
    value ?? null,
    (_key, member: unknown) => (member instanceof FilteredArray ? member.items : member),
    2,
  );

/** The functions that every expression has; names are lower case. `and`, `or`, `coalesce`, `iif` are lazy, elsewhere. */
export const generalFunctions: Readonly<Record<string, ExpressionFunction>> = {
  not: (value) => !toBoolean(value),
  xor: (a, b) => toBoolean(a) !== toBoolean(b),
  eq: (a, b) => areEqual(a, b),
  ne: (a, b) => !areEqual(a, b),
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  in: (value, ...others) => notFound(value, ...others) === false,
  notin: notFound,
  contains: includesText((text, part) => text.includes(part)),
  startswith: includesText((text, part) => text.startsWith(part)),
  endswith: includesText((text, part) => text.endsWith(part)),
  containsvalue: containsValue,
  format,
  join,
  length,
  lower: (value) => toText(value).toLowerCase(),
  upper: (value) => toText(value).toUpperCase(),
  trim: (value) => toText(value).trim(),
  replace: (text, from, to) => toText(text).replaceAll(toText(from), () => toText(to)),
  split: (text, separator) => toText(text).split(toText(separator)),
  converttojson: convertToJson,
};

/** Refuses a call with too few or too many values, by the table of Microsoft's expression reference. */
export function checkArity(name: string, count: number): void {
  const [least, most] = arity[name.toLowerCase()] ?? [0, Infinity];
  if (count < least) throw new ExpressionError(`Too few arguments for '${name}'`);
  if (count > most) throw new ExpressionError(`Too many arguments for '${name}'`);
}

const arity: Readonly<Record<string, readonly [number, number]>> = {
  not: [1, 1],
  xor: [2, 2],
  eq: [2, 2],
  ne: [2, 2],
  lt: [2, 2],
  le: [2, 2],
  gt: [2, 2],
  ge: [2, 2],
  and: [2, Infinity],
  or: [2, Infinity],
  in: [1, Infinity],
  notin: [1, Infinity],
  coalesce: [2, Infinity],
  contains: [2, 2],
  startswith: [2, 2],
  endswith: [2, 2],
  containsvalue: [2, 2],
  format: [1, Infinity],
  join: [2, 2],
  length: [1, 1],
  lower: [1, 1],
  upper: [1, 1],
  trim: [1, 1],
  replace: [3, 3],
  split: [2, 2],
  converttojson: [1, 1],
  iif: [3, 3],
  always: [0, 0],
  canceled: [0, 0],
};
