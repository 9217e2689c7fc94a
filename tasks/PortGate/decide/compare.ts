import { PlainScalar, type Structured, isStructuredList } from '../../common/structured-text/parse.ts';
import type { Condition } from '../read/conditions.ts';

const datePattern = /^\d{4}-\d\d-\d\d(?:T\S+)?$/;

/** Whether a value of an entity is as a condition wants it. What cannot be compared is not. */
export function holds(actual: unknown, { operator, value }: Pick<Condition, 'operator' | 'value'>): boolean {
  const isMissing = actual === undefined || actual === null;
  switch (operator) {
    case 'exists':
      return !isMissing;
    case 'missing':
      return isMissing;
    case '=':
      return equals(actual, value);
    case '!=':
      return !equals(actual, value);
    case 'contains':
      return contains(actual, value);
    case 'in':
      return isOneOf(actual, value);
    default:
      return isOrdered(actual, operator, value);
  }
}

/** A scalar is compared as what it is, and as the text that it was written as: a lock that is "true" is a lock. */
function equals(actual: unknown, wanted: Structured): boolean {
  const value = plain(wanted);
  if (actual === undefined || actual === null) return value === null;
  if (value === null || !isScalar(actual)) return false;
  return actual === value || String(actual) === textOf(wanted);
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function contains(actual: unknown, wanted: Structured): boolean {
  if (Array.isArray(actual)) return actual.some((item) => equals(item, wanted));
  return typeof actual === 'string' && textOf(wanted) !== '' && actual.includes(textOf(wanted));
}

function isOneOf(actual: unknown, wanted: Structured): boolean {
  if (!isStructuredList(wanted)) return false;
  const items: readonly unknown[] = Array.isArray(actual) ? actual : [actual];
  return items.length > 0 && items.every((item) => wanted.some((value) => equals(item, value)));
}

function isOrdered(actual: unknown, operator: '>' | '>=' | '<' | '<=', wanted: Structured): boolean {
  const [left, right] = numbersOf(actual, wanted);
  if (left === undefined || right === undefined) return false;
  if (operator === '>') return left > right;
  if (operator === '>=') return left >= right;
  return operator === '<' ? left < right : left <= right;
}

/** Two numbers, or two moments in ms. */
function numbersOf(actual: unknown, wanted: Structured): readonly (number | undefined)[] {
  if (typeof actual === 'number') {
    const number = typeof plain(wanted) === 'string' ? Number(wanted) : plain(wanted);
    return [actual, typeof number === 'number' && Number.isFinite(number) ? number : undefined];
  }
  return [actual, textOf(wanted)].map((value) => {
    const isDate = typeof value === 'string' && datePattern.test(value) && !Number.isNaN(Date.parse(value));
    return isDate ? Date.parse(value) : undefined;
  });
}

function plain(value: Structured): Structured {
  return value instanceof PlainScalar ? value.value : value;
}

/** A scalar as it was written. */
export function textOf(value: Structured): string {
  if (value instanceof PlainScalar) return value.text;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
