import { PipelineError, messageOf } from '../errors.ts';
import { evaluate } from '../expressions/evaluate.ts';
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
      variables.set(definition.name, value, { isReadOnly: definition.isReadOnly, isSecret: false });
    }
  }
}

function setGroup(variables: Variables, name: string, { request }: DefinitionSources): void {
  for (const [key, { value, isSecret = false }] of Object.entries(request.variableGroups?.[name] ?? {})) {
    variables.set(key, value, { isSecret, isReadOnly: false });
  }
}

function runtimeValue(value: string, variables: Variables, names: DefinitionSources['names']): string {
  const expression = /^\$\[(.*)\]$/s.exec(value.trim())?.[1];
  if (expression === undefined) return value;
  // Where the names are not known yet, as in a run number, the expression has no value.
  if (/\b(stage)?dependencies\b/i.test(expression) && Object.keys(names).length === 0) return '';
  try {
    return toText(evaluate(expression, { names: { ...names, variables: variables.toObject() } }));
  } catch (cause) {
    throw new PipelineError(`the variable value '${value}' cannot be evaluated: ${messageOf(cause)}`, {
      cause,
    });
  }
}
