import { isRecord } from '../../tasks/common/json.ts';

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (isRecord(value) && Object.values(value).every(isNothing)) ||
  (Array.isArray(value) && value.length === 0);

const short = (value: unknown): string => {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return 'missing';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
};

/**
 * What of `wanted` is otherwise in `actual`, one line each. What `actual` has beyond that does not count: the server
 * adds members of its own, and people add theirs.
 */
export function differences(wanted: unknown, actual: unknown, path = ''): string[] {
  if (isNothing(wanted) && isNothing(actual)) return [];
  if (isRecord(wanted) && isRecord(actual)) {
    return Object.entries(wanted).flatMap(([key, value]) =>
      differences(value, actual[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(wanted) && Array.isArray(actual) && wanted.length === actual.length) {
    const others: readonly unknown[] = actual;
    return wanted.flatMap((value: unknown, index) => differences(value, others[index], `${path}[${index}]`));
  }
  if (Object.is(wanted, actual)) return [];
  if (actual === undefined || actual === null) return [`${path} is missing`];
  return [`${path} is ${short(actual)}, not ${short(wanted)}`];
}
