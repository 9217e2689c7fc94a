import { ExpressionError } from './syntax.ts';

/** What `.*` gives: an array whose members are looked up one by one. */
export class FilteredArray {
  readonly items: readonly unknown[];

  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof FilteredArray);

/** The items of an array or of a filtered array; nothing for other values. */
export function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (value instanceof FilteredArray) return value.items;
  return Array.isArray(value) ? value : undefined;
}

export function typeName(value: unknown): 'Null' | 'Boolean' | 'Number' | 'String' | 'Array' | 'Object' {
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

export function toBoolean(value: unknown): boolean {
  if (typeof value === 'number') return value !== 0 && !Number.isNaN(value);
  return value !== null && value !== undefined && value !== false && value !== '';
}

/** The number of a value, or nothing where there is none. */
export function toNumber(value: unknown): number | undefined {
  if (value === null || value === undefined || value === '' || value === false) return 0;
  if (value === true) return 1;
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  return Number.isNaN(number) ? undefined : number;
}

const lower = (text: string) => text.toLowerCase();

/** `eq`: the right side is converted to the type of the left; text is compared without case. */
export function areEqual(left: unknown, right: unknown): boolean {
  switch (typeName(left)) {
    case 'Null':
      return right === null || right === undefined || right === '';
    case 'Boolean':
      return left === (isScalarValue(right) ? toBooleanOfText(right) : true);
    case 'Number':
      return left === toNumber(right);
    case 'String':
      return isScalarValue(right) && lower(String(left)) === lower(toText(right));
    default:
      return left === right;
  }
}

const isScalarValue = (value: unknown) => !['Array', 'Object'].includes(typeName(value));
const toBooleanOfText = (value: unknown) =>
  typeof value === 'string' && lower(value) === 'false' ? false : toBoolean(value);

/** Below 0, 0 or above 0; the right side is converted to the type of the left. Throws where that fails. */
export function compare(left: unknown, right: unknown): number {
  if (typeof left === 'string') {
    const [a, b] = [lower(left), lower(toText(right))];
    return a < b ? -1 : Number(a > b);
  }
  const [a, b] = [toNumber(left), toNumber(right)];
  if (a === undefined || b === undefined) {
    throw new ExpressionError(`Unable to convert from ${typeName(right)} to ${typeName(left)}`);
  }
  return a - b;
}
