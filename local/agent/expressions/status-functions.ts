import type { TaskResult } from '../types.ts';
import type { ExpressionFunction } from './functions.ts';
import { toText } from './values.ts';

const good: readonly (TaskResult | undefined)[] = ['succeeded', 'succeededWithIssues'];
const bad: readonly (TaskResult | undefined)[] = ['failed', 'abandoned'];

/** `succeeded()` and its like in a step's condition: they look at the job's status. */
export function stepStatusFunctions(status: TaskResult): Record<string, ExpressionFunction> {
  return {
    always: () => true,
    canceled: () => status === 'canceled',
    succeeded: () => good.includes(status),
    failed: () => status === 'failed',
    succeededorfailed: () => [...good, 'failed'].includes(status),
  };
}

/** The same in a condition of a job or stage: they look at the results before it, or at those that are named. */
export function graphStatusFunctions(
  before: ReadonlyMap<string, TaskResult>,
  isCanceled: () => boolean,
): Record<string, ExpressionFunction> {
  const chosen = (names: unknown[]) =>
    names.length === 0 ? [...before.values()] : names.map((name) => before.get(toText(name)));
  return {
    always: () => true,
    canceled: () => isCanceled(),
    succeeded: (...names) => !isCanceled() && chosen(names).every((result) => good.includes(result)),
    failed: (...names) => !isCanceled() && chosen(names).some((result) => bad.includes(result)),
    succeededorfailed: (...names) =>
      !isCanceled() && chosen(names).every((result) => [...good, ...bad].includes(result)),
  };
}
