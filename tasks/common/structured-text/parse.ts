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
export { isExact } from './yaml.ts';

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
  if (/^\s*[[{]/.test(text)) {
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

/** Strict JSON only: what merely looks like it (single quotes, no quotes, comments) is YAML. */
function asJson(text: string): StructuredText | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const { value, problems } = readJson(text);
  if (problems !== undefined) return { value: null, entries: [], documents: 1, problems };
  const values: readonly Structured[] = Array.isArray(value) ? (value as readonly Structured[]) : [value];
  return { value, entries: values.map((entry) => ({ value: entry, line: 0 })), documents: 1, problems: [] };
}

/** "line 3, column 7: …", for a message. */
export function describeTextProblem({ line, column, message }: TextProblem): string {
  return `${column === 0 ? `line ${line}` : `line ${line}, column ${column}`}: ${message}`;
}
