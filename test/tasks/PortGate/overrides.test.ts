import assert from 'node:assert/strict';
import { requireOwnInputs } from '../../../tasks/PortGate/read/overrides.ts';

describe('The inputs of PortGate', () => {
  const names = (...variables: string[]) => ({ VSTS_PUBLIC_VARIABLES: JSON.stringify(variables) });
  for (const name of ['INPUT_MODE', 'input.mode', 'Input Mode', 'ENDPOINT_URL_1234'])
    it(`are not those that a variable of the pipeline puts in their place: ${name}`, () => {
      assert.throws(() => requireOwnInputs(names('system.debug', name)), new RegExp(`${name}\\. Rename`));
    });

  it('stand beside variables of any other name', () => {
    requireOwnInputs(names('input', 'my.input.mode', 'PORT_RUN_ID'));
    requireOwnInputs({});
    requireOwnInputs({ VSTS_PUBLIC_VARIABLES: '{' });
  });
});
