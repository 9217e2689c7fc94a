import { InputError } from '../../common/errors.ts';
import { oneLine } from '../../common/text/plain-text.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The agent hands inputs and connections to a task as environment variables, and the pipeline's variables after them: one that is
 * called INPUT_MODE takes the place of input `mode` (Handler.cs, AddVariablesToEnvironment). Who may not change the gate could so
 * switch it off.
 * @throws InputError that names such variables
 */
export function requireOwnInputs(environment: Environment): void {
  const overriding = variableNames(environment.VSTS_PUBLIC_VARIABLES).filter((name) =>
    /^(?:INPUT|ENDPOINT)_/.test(name.replaceAll(/[. ]/g, '_').toUpperCase()),
  );
  if (overriding.length === 0) return;
  const names = overriding.map((name) => oneLine(name, 60)).join(', ');
  throw new InputError([
    `The pipeline has variables that take the place of inputs or connections of this step: ${names}. Rename them.`,
  ]);
}

function variableNames(json: string | undefined): readonly string[] {
  try {
    const names: unknown = JSON.parse(json ?? '[]');
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
