import type { Host } from '../../common/agent/host.ts';
import { InputError } from '../../common/errors.ts';
import { oneLine } from '../../common/text/plain-text.ts';

/**
 * The agent hands inputs and connections to a task as environment variables, and the pipeline's variables after them: one that is
 * called INPUT_MODE takes the place of input `mode` (NodeHandler.cs and Handler.cs). Who may not change the gate could so switch it
 * off.
 * @throws InputError that names such variables
 */
export function requireOwnInputs(host: Pick<Host, 'declaredVariables'>): void {
  const overriding = host.declaredVariables().filter((name) => /^(?:input|endpoint)[_. ]/i.test(name));
  if (overriding.length === 0) return;
  const names = overriding.map((name) => oneLine(name, 60)).join(', ');
  throw new InputError([
    `The pipeline has variables that take the place of inputs or connections of this step: ${names}. Rename them.`,
  ]);
}
