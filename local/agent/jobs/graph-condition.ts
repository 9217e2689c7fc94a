import { pipelineVariables } from '../compile/compile-run.ts';
import { messageOf } from '../errors.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { graphStatusFunctions } from '../expressions/status-functions.ts';
import { toBoolean } from '../expressions/values.ts';
import type { RunContext } from '../state/run-context.ts';
import type { RecordHandle } from '../state/timeline.ts';
import type { TaskResult } from '../types.ts';
import { evaluateDefinitions } from '../variables/runtime-variables.ts';
import type { VariableDefinition } from '../yaml/pipeline.ts';

export interface GraphCondition {
  readonly condition: string | undefined;
  readonly before: ReadonlyMap<string, { readonly result: TaskResult }>;
  readonly names: Readonly<Record<string, unknown>>;
  /** Variables of the stage and the job, over those of the pipeline. */
  readonly variables?: readonly VariableDefinition[];
  readonly run: RunContext;
  readonly record: RecordHandle;
}

/** True, or the result of what does not run: skipped, canceled, or abandoned when the condition cannot be evaluated. */
export function conditionHolds(about: GraphCondition): true | TaskResult {
  const { run, record } = about;
  const isCanceled = () => run.canceled.aborted;
  const results = new Map([...about.before].map(([name, { result }]) => [name, result]));
  const source = about.condition?.trim() ?? '';
  try {
    const variables = pipelineVariables(run.compiled.pipeline, run.request);
    variables.define('Build.BuildNumber', run.buildNumber());
    evaluateDefinitions(variables, about.variables ?? [], about.names);
    variables.expandNested();
    const holds = evaluate(source === '' ? 'succeeded()' : source, {
      names: { variables: variables.toContext(), ...about.names },
      functions: graphStatusFunctions(results, isCanceled),
    });
    return toBoolean(holds) ? true : isCanceled() ? 'canceled' : 'skipped';
  } catch (error) {
    const message = `The condition '${source}' cannot be evaluated: ${messageOf(error)}`;
    record.issue({ type: 'error', category: 'General', message });
    return 'abandoned';
  }
}
