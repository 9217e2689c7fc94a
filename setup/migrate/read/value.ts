/**
 * What a script gives a call, as far as it can be read. Text is as a task's input would hold it: with `${{ … }}` and `$(…)` of
 * the pipeline, and marks for what only the script knows when it runs.
 */
export type Value = string | number | boolean | null | readonly Value[] | ValueMap;
export interface ValueMap {
  readonly [key: string]: Value;
}

const open = '\uE000';
const close = '\uE001';
const marks = /\uE000([^\uE001]*)\uE001/g;
const hole = /\$\{\{(?:'[^']*'|[^'])*?\}\}|\$\([A-Za-z_][\w.]*\)|\uE000[^\uE001]*\uE001/gs;

/** Stands for a text that cannot be read. `what` says what it is: "the output of date -u". */
export const unknown = (what: string): string =>
  open + what.replaceAll(marks, '$1').replace(/\s+/g, ' ').slice(0, 120) + close;

export const isMap = (value: Value | undefined): value is ValueMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What of a value cannot be read. */
export function unknownsIn(value: Value): readonly string[] {
  if (typeof value === 'string') return [...value.matchAll(marks)].map(([, what = '']) => what);
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap(unknownsIn);
  return isMap(value)
    ? Object.entries(value).flatMap(([key, item]) => [...unknownsIn(key), ...unknownsIn(item)])
    : [];
}

/** The text of a value, as a shell would paste it. */
export function textOf(value: Value | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? toJson(value) : String(value);
}

/** Whether a flag of an address is set. */
export const isTrue = (value: Value | undefined): boolean => textOf(value).toLowerCase() === 'true';

/** JSON in which marks and expressions stand as they are. */
export const toJson = (value: Value): string => JSON.stringify(value);

const firstToken = 0xe100;

/** A text with one character for each expression, macro and mark, so that it can be taken apart. */
export class Tokens {
  readonly #held: string[] = [];
  readonly text: string;

  constructor(text: string) {
    this.text = text.replace(hole, (found) => String.fromCharCode(firstToken + this.#held.push(found) - 1));
  }

  restore(text: string): string {
    return text.replace(/[\uE100-\uEFFF]/g, (token) => this.#held[token.charCodeAt(0) - firstToken] ?? token);
  }
}

function mapStrings(value: unknown, change: (text: string) => string): Value {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (typeof value !== 'object' || value === null) return value as Value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key), mapStrings(item, change)]),
  );
}

/** Puts quotes around the tokens that stand in JSON without them: there a number or the like is meant. */
function quoteTokens(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|[\uE100-\uEFFF]/gs, (found) =>
    found.startsWith('"') ? found : `"${found}"`,
  );
}

/** A body: what its JSON says, or a mark where it is none. */
export function readBody(body: Value): Value {
  if (typeof body !== 'string') return body;
  const tokens = new Tokens(body);
  // A body that is one mark as a whole is not JSON, but something that could not be read.
  if (/^[\uE100-\uEFFF]$/.test(tokens.text.trim())) return body.trim();
  try {
    return mapStrings(JSON.parse(quoteTokens(tokens.text)), (text) => tokens.restore(text));
  } catch {
    return unknown('a body that is not JSON');
  }
}
