import {
  type Structured,
  type StructuredMap,
  isStructuredList,
  isStructuredMap,
  setOwn,
} from '../../common/structured-text/value.ts';
import type { Redact } from '../../common/text/redaction.ts';

/** The same values with all their texts cleaned, names and numbers included: a secret may be a number. */
export function cleanedOutput(value: StructuredMap, clean: Redact): StructuredMap {
  const result: Record<string, Structured> = {};
  for (const [key, item] of Object.entries(value)) setOwn(result, clean(key), cleanedValue(item, clean));
  return result;
}

function cleanedValue(value: Structured, clean: Redact): Structured {
  if (isStructuredMap(value)) return cleanedOutput(value, clean);
  if (isStructuredList(value)) return value.map((item) => cleanedValue(item, clean));
  if (typeof value === 'string') return clean(value);
  const text = JSON.stringify(value);
  return clean(text) === text ? value : clean(text);
}
