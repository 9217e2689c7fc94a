import { isRecord } from '../json.ts';
import {
  PlainScalar,
  type Structured,
  type StructuredMap,
  isExact,
  isStructuredList,
  isStructuredMap,
  mapValues,
} from './parse.ts';

/** Whether a schema is needed to know what was meant. */
export function isAmbiguous(value: Structured): boolean {
  if (value instanceof PlainScalar) return true;
  if (isStructuredList(value)) return value.some(isAmbiguous);
  return isStructuredMap(value) && Object.values(value).some(isAmbiguous);
}

/**
 * The value that was meant, by the JSON schema of where it goes: text as it was written where the schema wants a string,
 * the number or boolean where it wants one. Where the schema says nothing, what YAML reads.
 */
export function typedValue(value: Structured, schema: unknown): Structured {
  if (value instanceof PlainScalar) return typedScalar(value, schema);
  if (isStructuredList(value)) {
    const items = isRecord(schema) ? schema.items : undefined;
    return value.map((item) => typedValue(item, items));
  }
  return isStructuredMap(value) ? typedMap(value, schema) : value;
}

/** The same for each member of an object, by the schema of the object. */
export function typedMap(value: StructuredMap, schema: unknown): StructuredMap {
  const { properties, additionalProperties } = isRecord(schema) ? schema : {};
  const known = isRecord(properties) ? properties : {};
  return mapValues(value, (item, key) =>
    typedValue(item, Object.hasOwn(known, key) ? known[key] : additionalProperties),
  );
}

function typedScalar(scalar: PlainScalar, schema: unknown): Structured {
  const { text, value } = scalar;
  const types = typesOf(schema);
  if (typeof value === 'boolean' && types.includes('boolean')) return value;
  if (typeof value === 'number' && (types.includes('number') || types.includes('integer')))
    return asRead(scalar);
  if (types.includes('string')) return value === null && types.includes('null') ? null : text;
  return asRead(scalar);
}

/** The types a schema allows, in JSON schema's words; those of its enum where it names no type. */
function typesOf(schema: unknown): readonly string[] {
  if (!isRecord(schema)) return [];
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.filter((word) => typeof word === 'string');
  return Array.isArray(schema.enum) ? schema.enum.map((word) => typeof word) : [];
}

/** YAML's own reading. What JSON has no number for (`.inf`, 7e10234, integers beyond 53 bits) stays text, and so does `yes`. */
function asRead({ text, value }: PlainScalar): Structured {
  if (typeof value === 'number') return isExact(text, value) ? value : text;
  if (typeof value === 'boolean') return /^(true|false)$/i.test(text) ? value : text;
  return value;
}
