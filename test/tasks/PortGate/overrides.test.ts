import assert from 'node:assert/strict';
import { requireOwnInputs } from '../../../tasks/PortGate/read/overrides.ts';
import { FakeHost } from '../../support/fake-host.ts';

describe('The inputs of PortGate', () => {
  const withVariable = (name: string) => new FakeHost({ variables: { 'System.Debug': 'true', [name]: 'x' } });
  for (const name of ['INPUT_MODE', 'input.mode', 'Input Mode', 'ENDPOINT_URL_1234'])
    it(`are not those that a variable of the pipeline puts in their place: ${name}`, () => {
      const words = new RegExp(`: ${name}\\. Rename`);
      assert.throws(() => requireOwnInputs(withVariable(name)), words);
    });

  for (const name of ['input', 'inputs.mode', 'my.input.mode', 'PORT_RUN_ID'])
    it(`stand beside a variable of another name: ${name}`, () => requireOwnInputs(withVariable(name)));
});
