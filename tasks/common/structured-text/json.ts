import { messageOf } from '../errors.ts';
import { syntaxErrorWords } from '../json.ts';
import { likelyCause } from './causes.ts';
import { findJsonFault } from './json-fault.ts';
import { type Structured, type TextProblem, deepestNesting } from './value.ts';
import { doubledKey, inexactNumber, isExact, nestedTooDeeply } from './yaml-nodes.ts';

export type JsonText =
  | { readonly value: Structured; readonly problems?: undefined }
  | { readonly value?: undefined; readonly problems: readonly TextProblem[] };

/**
 * Reads one JSON value. Unlike JSON.parse alone it refuses doubled keys and numbers that a double cannot hold, and knows
 * line and column of what it refuses.
 */
export function readJson(text: string): JsonText {
  let value: Structured;
  try {
    value = JSON.parse(text) as Structured;
  } catch (error) {
    return { problems: [syntaxProblem(text, error)] };
  }
  const seen = { keys: 0, isOdd: false };
  inspect(value, 0, seen);
  // Only a text that holds more `":` than its value has keys can have one twice; strings may hold it too, so look closer.
  if (!seen.isOdd && countKeyMarks(text) === seen.keys) return { value };
  const problems = problemsIn(text);
  return problems.length === 0 ? { value } : { problems };
}

function inspect(value: Structured, depth: number, seen: { keys: number; isOdd: boolean }): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
      seen.isOdd = true;
  } else if (typeof value === 'object' && value !== null) {
    if (depth > deepestNesting) {
      seen.isOdd = true;
      return;
    }
    if (Array.isArray(value)) {
      for (const item of value as readonly Structured[]) inspect(item, depth + 1, seen);
      return;
    }
    const items = Object.values(value) as Structured[];
    seen.keys += items.length;
    for (const item of items) inspect(item, depth + 1, seen);
  }
}

/** Of many, the first ones help. */
const mostProblems = 20;

/** What is JSON and cannot be sent all the same, in a time that grows with the text. */
function problemsIn(text: string): TextProblem[] {
  const problems: TextProblem[] = [];
  const note = (offset: number, message: string) => {
    if (problems.length < mostProblems) problems.push({ ...placeOf(text, offset), message });
  };
  const keys: Set<unknown>[] = [];
  const { offset, kind } = findJsonFault(text, (part, start, end) => {
    const words = text.slice(start, end);
    if (part === 'open') keys.push(new Set());
    else if (part === 'close') keys.pop();
    else if (part === 'scalar') {
      if (/\d/.test(words) && !isExact(words, Number(words))) note(start, inexactNumber);
    } else {
      const key: unknown = JSON.parse(words);
      if (keys.at(-1)?.has(key)) note(start, doubledKey);
      keys.at(-1)?.add(key);
    }
  });
  if (kind === 'too deep') note(offset, nestedTooDeeply);
  return problems;
}

function countKeyMarks(text: string): number {
  return text.match(/"\s*:/g)?.length ?? 0;
}

/** V8's words, with the place where it names none. */
function syntaxProblem(text: string, error: unknown): TextProblem {
  const words = messageOf(error);
  const { offset, kind } = findJsonFault(text);
  if (kind !== 'other') return { ...placeOf(text, offset), message: `It is not JSON: ${sentences[kind]}` };
  const position = /at position (\d+)/.exec(words)?.[1];
  const cause = words.includes('escape') ? likelyCause('BAD_DQ_ESCAPE', '') : '';
  return {
    ...placeOf(text, position === undefined ? offset : Number(position)),
    message: `It is not JSON: ${syntaxErrorWords(error)}${cause}`,
  };
}

const sentences = {
  comment: 'JSON has no comments. Remove them (those of YAML begin with #)',
  'comma at the end': 'a comma stands behind the last entry. Remove it',
  'too deep': `it is nested deeper than ${deepestNesting} levels`,
};

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
