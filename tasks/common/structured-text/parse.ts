import { findJsonFault } from './json-fault.ts';
import { readJson } from './json.ts';
import type { Structured, StructuredEntry, TextProblem } from './value.ts';
import { readYaml } from './yaml.ts';

export {
  PlainScalar,
  type Structured,
  type StructuredEntry,
  type StructuredMap,
  type TextProblem,
  isStructuredList,
  isStructuredMap,
  mapValues,
  setOwn,
} from './value.ts';
export { readJson } from './json.ts';
export { isExact } from './yaml-nodes.ts';

export interface StructuredText {
  /** The value of the first document; null for an empty text. Where there are problems it is worthless. */
  readonly value: Structured;
  /** The values of all documents, those of lists one by one. */
  readonly entries: readonly StructuredEntry[];
  /** How many documents are not empty. */
  readonly documents: number;
  readonly problems: readonly TextProblem[];
}

/**
 * Reads an input or file that may be YAML (one or several documents) or JSON. In JSON everything is what it is; in YAML a
 * plain scalar keeps the text it was written as.
 */
export function parseStructuredText(text: string): StructuredText {
  if (/^\s*(?:[[{]|\/[/*])/.test(text)) {
    const json = asJson(text);
    if (json !== undefined) return json;
  }
  const { documents, problems } = readYaml(text);
  const filled = documents.filter(({ value }) => value !== null);
  return {
    value: filled[0]?.value ?? null,
    entries: filled.flatMap(({ entries }) => entries),
    documents: filled.length,
    problems,
  };
}

/** Longer texts that look like JSON get JSON's error: the YAML parser would take seconds to find another one. */
const longestToTryAsYaml = 64 * 1024;

const opening = /^[\s[{]*(?:"|\/[/*])/;

/** Strict JSON only. What merely looks like it (single quotes, no quotes, a comma at the end) is YAML, but comments of JSON are no part of it. */
function asJson(text: string): StructuredText | undefined {
  if (!isJson(text) && !hasOnlyJsonErrors(text)) return undefined;
  const { value, problems } = readJson(text);
  if (problems !== undefined) return { value: null, entries: [], documents: 1, problems };
  const values: readonly Structured[] = Array.isArray(value) ? (value as readonly Structured[]) : [value];
  return { value, entries: values.map((entry) => ({ value: entry, line: 0 })), documents: 1, problems: [] };
}

/** Whether a text that is not JSON can be meant as nothing else. */
function hasOnlyJsonErrors(text: string): boolean {
  const { kind } = findJsonFault(text);
  if (kind === 'too deep') return true;
  return opening.test(text) && (kind === 'comment' || text.length > longestToTryAsYaml);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** "line 3, column 7: …", for a message. */
export function describeTextProblem({ line, column, message }: TextProblem): string {
  return `${column === 0 ? `line ${line}` : `line ${line}, column ${column}`}: ${message}`;
}
