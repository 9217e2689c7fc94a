import type { BuildResult, TaskResult } from '../types.ts';

const severity: readonly TaskResult[] = [
  'succeeded',
  'succeededWithIssues',
  'failed',
  'canceled',
  'skipped',
  'abandoned',
];

/** The worse of two results; what is beyond failed stays: TaskResultUtil.MergeTaskResults. */
export function mergeResults(current: TaskResult | null, coming: TaskResult): TaskResult {
  if (current === null) return coming;
  if (severity.indexOf(current) > severity.indexOf('failed')) return current;
  return severity.indexOf(coming) >= severity.indexOf(current) ? coming : current;
}

/** The word that expressions and `Agent.JobStatus` use: `Succeeded`, `SucceededWithIssues` … */
export const resultWord = (result: TaskResult) => result.charAt(0).toUpperCase() + result.slice(1);

/** Reads a word of `task.complete`, with its case: `Cancelled` is none. */
export function parseResultWord(word: string): TaskResult | undefined {
  return severity.find((result) => resultWord(result) === word);
}

/** The result of a stage or phase from its parts. */
export function rollUp(results: readonly TaskResult[]): TaskResult {
  const has = (...wanted: TaskResult[]) => results.some((result) => wanted.includes(result));
  if (has('failed', 'abandoned')) return 'failed';
  if (has('canceled')) return 'canceled';
  if (has('succeededWithIssues')) return 'succeededWithIssues';
  return results.length > 0 && results.every((result) => result === 'skipped') ? 'skipped' : 'succeeded';
}

/** The run's result from its stages; a run that was canceled before its end is canceled. */
export function buildResult(stages: readonly TaskResult[], isCanceled: boolean): BuildResult {
  const result = isCanceled && stages.includes('canceled') ? 'canceled' : rollUp(stages);
  if (result === 'failed' || result === 'canceled') return result;
  return result === 'succeededWithIssues' ? 'partiallySucceeded' : 'succeeded';
}
