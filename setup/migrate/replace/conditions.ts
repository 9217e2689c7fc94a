import type { ReadScript } from '../calls.ts';
import { textAt } from '../read/yaml.ts';
import type { Report } from './reports.ts';
import { type TaskStep } from './task-step.ts';

/** The conditions under which a script runs, its job's and stage's with it. */
const conditionsOf = ({ script }: ReadScript): string => script.condition.toLowerCase();

const fails = (conditions: string): boolean =>
  conditions.includes('failed()') && !conditions.includes('succeededorfailed()');

/** Of a failure, where the job failed: always() was for both. */
export function conditionOfReport({ end, calls }: Report, script: ReadScript): string | undefined {
  const own = textAt(script.script.place.step, 'condition');
  if (end === 'either') return 'always()';
  if (end === 'failure')
    return /canceled\(\)/i.test(conditionsOf(script)) ? 'or(failed(), canceled())' : 'failed()';
  if (end === 'success') return undefined;
  if (calls.some(({ isConditional }) => isConditional) && fails(conditionsOf(script))) return 'failed()';
  return own === '' ? undefined : own;
}

/** Where stage or job have the condition, the step needs none. */
export function conditionInPlace(report: Report, script: ReadScript): string | undefined {
  const own = textAt(script.script.place.step, 'condition');
  return own === '' && report.end === 'failure' && fails(conditionsOf(script))
    ? undefined
    : own || conditionOfReport(report, script);
}

/** The step's own condition. */
export const ownCondition = ({ script }: ReadScript): string | undefined =>
  textAt(script.place.step, 'condition') || undefined;

/** A step that leaves its job: conditions and variables of job and stage come with it. */
export function localized(step: TaskStep, script: ReadScript): TaskStep {
  const conditions = conditionsOf(script);
  const condition =
    step.condition ??
    (fails(conditions)
      ? 'failed()'
      : conditions.includes('always()') || conditions.includes('succeededorfailed()')
        ? 'always()'
        : undefined);
  const inputs = Object.fromEntries(
    Object.entries(step.inputs).map(([name, value]) => [
      name,
      typeof value === 'string' ? script.script.scope.localized(value) : value,
    ]),
  );
  return { ...step, condition, inputs: inputs };
}
