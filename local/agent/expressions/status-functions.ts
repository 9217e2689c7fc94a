import type { TaskResult } from '../types.ts';
import { type ExpressionFunction, eager } from './functions.ts';
import { toText } from './values.ts';

type StatusFunctions = Readonly<Record<string, ExpressionFunction>>;

const good: readonly (TaskResult | undefined)[] = ['succeeded', 'succeededWithIssues'];
const ended: readonly (TaskResult | undefined)[] = [...good, 'failed'];

/** `succeeded()` and its like in a step's condition look at the job's status: ExpressionManager.cs. */
export function stepStatusFunctions(status: TaskResult): StatusFunctions {
  return {
    always: eager(0, 0, () => true),
    canceled: eager(0, 0, () => status === 'canceled'),
    succeeded: eager(0, 0, () => good.includes(status)),
    failed: eager(0, 0, () => status === 'failed'),
    succeededorfailed: eager(0, 0, () => ended.includes(status)),
  };
}

/**
 * The same in a condition of a job or stage: they look at the results before it, or at those that are named, in any
 * case. What was skipped or abandoned satisfies none of them.
 */
export function graphStatusFunctions(
  before: ReadonlyMap<string, TaskResult>,
  isCanceled: () => boolean,
): StatusFunctions {
  const results = new Map([...before].map(([name, result]) => [name.toLowerCase(), result]));
  const among = (test: (chosen: readonly (TaskResult | undefined)[]) => boolean) =>
    eager(0, Infinity, (...names) => {
      const named = names.map((name) => results.get(toText(name).toLowerCase()));
      return !isCanceled() && test(names.length === 0 ? [...results.values()] : named);
    });
  return {
    always: eager(0, 0, () => true),
    canceled: eager(0, 0, isCanceled),
    succeeded: among((chosen) => chosen.every((result) => good.includes(result))),
    failed: among((chosen) => chosen.includes('failed')),
    succeededorfailed: among(
      (chosen) => chosen.length === 0 || chosen.some((result) => ended.includes(result)),
    ),
  };
}
