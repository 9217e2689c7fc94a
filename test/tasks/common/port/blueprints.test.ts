import assert from 'node:assert/strict';
import {
  blueprintLookup,
  fitProperties,
  fitValue,
  tellOfLacking,
} from '../../../../tasks/common/port/blueprints.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { fakePort } from './fake-port.ts';

describe('A blueprint', () => {
  it('is looked up once, with its properties and the targets of its relations', async () => {
    const { port, calls } = fakePort(() => ({
      blueprint: {
        schema: { properties: { version: { type: 'string' } } },
        relations: {
          service: { target: 'service', many: false },
          teams: { target: 'team', many: true },
          odd: { target: 7, many: 'true' },
          none: null,
          text: 'x',
        },
      },
    }));
    const blueprintOf = blueprintLookup(port);
    const [first, second] = await Promise.all([blueprintOf('deployment'), blueprintOf('deployment')]);
    assert.equal(first, second);
    assert.deepEqual(first, {
      identifier: 'deployment',
      properties: { version: { type: 'string' } },
      relationTargets: { service: 'service', teams: 'team' },
      listRelations: ['teams'],
    });
    assert.deepEqual(calls, [{ name: 'getBlueprint', call: { parameters: { blueprint: 'deployment' } } }]);
  });

  it('may say nothing of properties and relations', async () => {
    for (const blueprint of [{}, { schema: [], relations: null }, { schema: { properties: 3 } }]) {
      const found = await blueprintLookup(fakePort(() => ({ blueprint })).port)('x');
      assert.deepEqual(found, { identifier: 'x', properties: {}, relationTargets: {}, listRelations: [] });
    }
  });

  it('is no answer without one', async () => {
    await assert.rejects(blueprintLookup(fakePort(() => ({})).port)('x'), {
      code: 'PORT_ANSWER',
      message: `Cannot read the blueprint "x": the answer holds none. Is baseUrl the address of Port's API?`,
    });
  });

  it('takes the values that it has properties for, and tells once of the others', () => {
    const schemas = { version: { type: 'string' } };
    const values: readonly (readonly [string, unknown])[] = [
      ['version', '1'],
      ['tag', 'x'],
      ['a\n##vso[task.complete]', 1],
    ];
    const { properties, lacking } = fitProperties(values, schemas);
    assert.deepEqual([properties, lacking], [{ version: '1' }, ['tag', 'a\n##vso[task.complete]']]);
    const host = new FakeHost();
    tellOfLacking(host, 'service', lacking);
    tellOfLacking(host, 'service', []);
    assert.equal(host.lines.length, 1);
    assert.match(host.lines[0] ?? '', /^Left out, since blueprint service does not have them: tag, a .*\.$/);
  });

  const words: readonly (readonly [value: unknown, schema: unknown, fitting: unknown])[] = [
    ['production', { enum: ['Staging', 'Production'] }, 'Production'],
    ['PRODUCTION', { enum: [7, null, 'Production'] }, 'Production'],
    ['production', { enum: ['Production', 'production'] }, 'production'],
    ['test', { enum: ['Production'] }, 'test'],
    ['test', { enum: 'Test' }, 'test'],
    ['test', undefined, 'test'],
    [7, { enum: ['7'] }, 7],
    [true, { enum: ['TRUE'] }, true],
  ];
  for (const [value, schema, fitting] of words)
    it(`takes ${JSON.stringify(value)} as ${JSON.stringify(fitting)} by the schema ${JSON.stringify(schema)}`, () => {
      assert.equal(fitValue(value, schema), fitting);
    });
});
