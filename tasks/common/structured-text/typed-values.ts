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
 * the number or boolean where it wants one. Where the schema says nothing, text unless YAML's reading keeps all of it. A null is a
 * null everywhere.
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
  if (value === null) return null;
  const types = typesOf(schema);
  if (typeof value === 'boolean' && types.includes('boolean')) return value;
  if (typeof value === 'number' && (types.includes('number') || types.includes('integer')))
    return isExact(text, value) ? value : text;
  return types.includes('string') ? text : asRead(scalar);
}

/** The types a schema allows, in JSON schema's words; those of its enum where it names no type. */
function typesOf(schema: unknown): readonly string[] {
  if (!isRecord(schema)) return [];
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.filter((word) => typeof word === 'string');
  return Array.isArray(schema.enum) ? schema.enum.map((word) => typeof word) : [];
}

/**
 * YAML's own reading, where it keeps what was written: `3` and `true`. A number that would be written in another way (1.10, 51e5,
 * 0x1f, 0o17, 007, 1_000, integers beyond 53 bits) may be a version or a hash and stays text, and so does `yes`.
 */
function asRead({ text, value }: PlainScalar): Structured {
  if (typeof value === 'number') return String(value) === text && isExact(text, value) ? value : text;
  return /^(true|false)$/i.test(text) ? value : text;
}
