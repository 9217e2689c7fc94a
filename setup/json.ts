import { isRecord } from '../tasks/common/json.ts';

export type Json = Readonly<Record<string, unknown>>;

/** The object, or an empty one where it is none. */
export function recordOf(value: unknown): Json {
  return isRecord(value) ? value : {};
}

/** The objects of a list; empty where it is none. */
export function recordsOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The text, or an empty one where it is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
