/**
 * A plain (unquoted) YAML scalar whose kind its writer left open: `1.10` may be meant as a number or as text. Both
 * readings are kept until somebody knows which one is wanted.
 */
export class PlainScalar {
  /** As it was written. */
  readonly text: string;
  /** What YAML's core schema (for yes, no, on and off: YAML 1.1) reads. */
  readonly value: number | boolean | null;

  constructor(text: string, value: number | boolean | null) {
    this.text = text;
    this.value = value;
  }
}

/** A value of a YAML or JSON text. What was quoted, tagged or came from JSON is what it is; the rest may be a PlainScalar. */
export type Structured =
  string | number | boolean | null | PlainScalar | readonly Structured[] | StructuredMap;

export interface StructuredMap {
  readonly [key: string]: Structured;
}

export function isStructuredMap(value: Structured | undefined): value is StructuredMap {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof PlainScalar)
  );
}

export function isStructuredList(value: Structured | undefined): value is readonly Structured[] {
  return Array.isArray(value);
}

/** Something in a text that cannot be read. Lines and columns start at 1. */
export interface TextProblem {
  readonly line: number;
  /** 0 where only the line is known. */
  readonly column: number;
  /** What is wrong and, where it is known, the likely cause. A sentence without its full stop. */
  readonly message: string;
}

/** A top-level value: a whole document, or one entry of the list that a document is. */
export interface StructuredEntry {
  readonly value: Structured;
  readonly line: number;
}

/** Sets a key as data: assigning `__proto__` would change the object's prototype instead. */
export function setOwn(target: Record<string, Structured>, key: string, value: Structured): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else target[key] = value;
}

/** An object with the same keys and other values. */
export function mapValues(
  map: StructuredMap,
  change: (value: Structured, key: string) => Structured,
): StructuredMap {
  const result: Record<string, Structured> = {};
  for (const [key, value] of Object.entries(map)) setOwn(result, key, change(value, key));
  return result;
}

/** Deeper structures are refused: whatever handles them later works recursively. */
export const deepestNesting = 200;
