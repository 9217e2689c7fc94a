import { PipelineError, messageOf } from '../errors.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { runtimeExpression } from '../expressions/syntax.ts';
import { toText } from '../expressions/values.ts';
import type { RunRequest } from '../types.ts';
import type { VariableDefinition } from '../yaml/pipeline.ts';
import type { Variables } from './variables.ts';

export interface DefinitionSources {
  readonly request: Pick<RunRequest, 'variableGroups'>;
  /** What `$[ ]` can name beside `variables`: `dependencies`, `stagedependencies`. */
  readonly names: Readonly<Record<string, unknown>>;
}

/** Sets defined variables in order; a value that is one `$[ ]` is evaluated. Throws `PipelineError`. */
export function evaluateDefinitions(
  variables: Variables,
  definitions: readonly VariableDefinition[],
  sources: DefinitionSources,
): void {
  for (const definition of definitions) {
    if (definition.kind === 'group') setGroup(variables, definition.name, sources);
    else {
      const value = runtimeValue(definition.value, variables, sources.names);
      variables.define(definition.name, value, { isReadOnly: definition.isReadOnly });
    }
  }
}

function setGroup(variables: Variables, name: string, { request }: DefinitionSources): void {
  for (const [key, { value, isSecret = false }] of Object.entries(request.variableGroups?.[name] ?? {})) {
    variables.define(key, value, { isSecret });
  }
}

function runtimeValue(value: string, variables: Variables, names: DefinitionSources['names']): string {
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
