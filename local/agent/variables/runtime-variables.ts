import { PipelineError, messageOf } from '../errors.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { runtimeExpression } from '../expressions/syntax.ts';
import { toText } from '../expressions/values.ts';
import type { VariableDefinition } from '../yaml/pipeline.ts';
import type { Variables } from './variables.ts';

/** What `$[ ]` can name beside `variables`: `dependencies`, `stagedependencies`. */
type Names = Readonly<Record<string, unknown>>;

/** Sets defined variables in order; a value that is one `$[ ]` is evaluated. Throws `PipelineError`. */
export function evaluateDefinitions(
  variables: Variables,
  definitions: readonly VariableDefinition[],
  names: Names,
): void {
  for (const { name, value, isReadOnly } of definitions)
    variables.define(name, runtimeValue(value, variables, names), { isReadOnly });
}

function runtimeValue(value: string, variables: Variables, names: Names): string {
  const expression = runtimeExpression(value);
  if (expression === undefined) return value;
  try {
    return toText(evaluate(expression, { names: { ...names, variables: variables.toContext() } }));
  } catch (cause) {
    throw new PipelineError(`the variable value '${value}' cannot be evaluated: ${messageOf(cause)}`, {
      cause,
    });
  }
}
