import { messageOf } from './errors.ts';

/** Whether a value is an object of JSON: neither null nor a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The items of a list; none where it is no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** The value at a path of own properties; undefined where there is none. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (!isRecord(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}

/** Deeper answers are none of Port's or Azure DevOps'; JSON.parse would take seconds and gigabytes for them. */
const deepestAnswer = 500;

/** Whether lists and objects stand more than `depth` levels deep in a JSON text; stops at the first that does. */
export function nestsDeeperThan(text: string, depth: number): boolean {
  let level = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (isInString) {
      if (sign === '\\') at++;
      else if (sign === '"') isInString = false;
    } else if (sign === '"') isInString = true;
    else if (sign === '[' || sign === '{') {
      if (++level > depth) return true;
    } else if (sign === ']' || sign === '}') level--;
  }
  return false;
}

export function isTooDeep(answer: string): boolean {
  return nestsDeeperThan(answer, deepestAnswer);
}

/** Reads JSON that a server sent. @throws SyntaxError where it is none, or nested deeper than any that is meant. */
export function parseAnswerJson(text: string): unknown {
  if (isTooDeep(text)) throw new SyntaxError(`more than ${deepestAnswer} levels of nesting`);
  return JSON.parse(text) as unknown;
}

/** What V8 says of a text that is no JSON, without the piece of it that it quotes, which may be long, or a secret. */
export function syntaxErrorWords(error: unknown): string {
  return messageOf(error)
    .replace(/,? ?(\.\.\.)?".*"(\.\.\.)? is not valid JSON$/s, '')
    .replace(/ in JSON at position.*$/s, '');
}
