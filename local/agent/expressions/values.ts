import { ExpressionError } from './syntax.ts';

/** What an expression names, such as `variables`: unlike the objects of a payload it has no regard to the case of keys. */
export class Context {
  [key: string]: unknown;

  constructor(members: Readonly<Record<string, unknown>>) {
    Object.assign(this, members);
  }
}

/** `parameters`: the only context in which an unknown key is an error. */
export class Parameters extends Context {}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The items of an array; nothing for other values. */
export const itemsOf = (value: unknown): readonly unknown[] | undefined =>
  Array.isArray(value) ? value : undefined;

/** A member by name, or by position; null where there is none, so that chains hold. Throws `ExpressionError`. */
export function member(target: unknown, key: unknown): unknown {
  if (target instanceof Context) return contextMember(target, toText(key));
  if (isObject(target)) return Object.hasOwn(target, toText(key)) ? (target[toText(key)] ?? null) : null;
  const position = toNumber(key);
  return (position === undefined ? null : itemsOf(target)?.[Math.floor(position)]) ?? null;
}

function contextMember(context: Context, key: string): unknown {
  const found = Object.keys(context).find((name) => name.toLowerCase() === key.toLowerCase());
  if (found === undefined && context instanceof Parameters)
    throw new ExpressionError(`Key not found '${key}'`);
  return found === undefined ? null : (context[found] ?? null);
}

function typeName(value: unknown): 'Null' | 'Boolean' | 'Number' | 'String' | 'Array' | 'Object' {
  if (value === null || value === undefined) return 'Null';
  if (typeof value === 'boolean') return 'Boolean';
  if (typeof value === 'number') return 'Number';
  if (typeof value === 'string') return 'String';
  return itemsOf(value) === undefined ? 'Object' : 'Array';
}

/** Text as Azure Pipelines writes it: `True`, `False`, nothing for null. Throws for objects and arrays. */
export function toText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new ExpressionError(`Unable to convert from ${typeName(value)} to String. Value: ${typeName(value)}`);
}

/** Any text but the empty one is true, `False` as well. */
export function toBoolean(value: unknown): boolean {
  if (typeof value === 'number') return value !== 0 && !Number.isNaN(value);
  return value !== null && value !== undefined && value !== false && value !== '';
}

/** The number of a value, or nothing where there is none. Text may have a comma between thousands. */
function toNumber(value: unknown): number | undefined {
  if (value === null || value === undefined || value === false) return 0;
  if (value === true) return 1;
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^\s*([-+]?\d[\d,]*\.?\d*|[-+]?\.\d+|)\s*$/.test(value)) return undefined;
  return Number(value.replaceAll(',', ''));
}

/** `eq`: the right side is converted to the type of the left; text is compared without case. */
export function areEqual(left: unknown, right: unknown): boolean {
  if (isObject(left) || itemsOf(left) !== undefined) return left === right;
  if (isObject(right) || itemsOf(right) !== undefined) return left === true;
  switch (typeof left) {
    case 'boolean':
      return left === toBoolean(right);
    case 'number':
      return left === toNumber(right);
    case 'string':
      return left.toLowerCase() === toText(right).toLowerCase();
    default:
      return right === null || right === undefined || right === '';
  }
}
