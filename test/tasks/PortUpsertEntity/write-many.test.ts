import assert from 'node:assert/strict';
import { type Setting, resultsOf, startSetting } from './setting.ts';

describe('PortUpsertEntity with many entities', () => {
  let setting: Setting;

  beforeEach(async () => {
    setting = await startSetting();
    await setting.addBlueprint('team', { size: 'number' });
    await setting.addBlueprint(
      'service',
      {
        version: 'string',
        replicas: 'number',
        isPublic: 'boolean',
        tags: { type: 'array', items: { type: 'string' } },
      },
      { owner: { target: 'team' }, parent: { target: 'service' }, uses: { target: 'service', many: true } },
    );
  });

  afterEach(() => setting.close());

  const entity = (identifier: string, blueprint = 'service') =>
    setting.port.store.entity(blueprint, identifier);
  const bulkCalls = () => setting.calls().filter((call) => call.endsWith('/bulk'));

  const inlineForms: readonly (readonly [string, string])[] = [
    ['a YAML list', '- identifier: a\n  properties: {version: 1.10}\n- identifier: b'],
    ['YAML documents', 'identifier: a\nproperties:\n  version: 1.10\n---\nidentifier: b'],
    ['a JSON array', '[{"identifier":"a","properties":{"version":"1.10"}},{"identifier":"b"}]'],
    ['JSON Lines', '{"identifier":"a","properties":{"version":"1.10"}}\n{"identifier":"b"}'],
  ];
  for (const [form, entities] of inlineForms) {
    it(`reads ${form} inline`, async () => {
      const { result, message, host } = await setting.upsert({ blueprint: 'service', entities });
      assert.equal(result, 'Succeeded', message);
      assert.equal(entity('a')?.properties.version, '1.10');
      assert.ok(entity('b'));
      assert.equal(host.outputs.upsertedCount, '2');
      assert.equal(bulkCalls().length, 1);
    });
  }

  it('reads every kind of file that a glob matches, as one input', async () => {
    setting.file('all-1.json', '{\n  "identifier": "one",\n  "properties": {"replicas": 1}\n}');
    setting.file('all-2.json', '[{"identifier": "two"}]');
    setting.file('all-3.jsonl', '\uFEFF{"identifier": "three"}\r\n\r\n{"identifier": "four"}');
    setting.file('all-4.yaml', '- identifier: five\n  properties: {replicas: 5}\n---\nidentifier: six\n');
    setting.file('all-5.json', '{"identifier": "seven"}\n{"identifier": "eight"}\n');
    const ran = await setting.upsert({ blueprint: 'service', entitiesFile: 'all-*' });
    assert.equal(ran.result, 'Succeeded', ran.message);
    const results = [...resultsOf(ran)].sort((a, b) => a.index - b.index);
    assert.deepEqual(
      results.map(({ identifier }) => identifier),
      ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'],
    );
    assert.equal(entity('five')?.properties.replicas, 5);
  });

  it('sends twenty entities a call, those of each blueprint together, with one token', async () => {
    const lines = Array.from({ length: 100 }, (_, index) =>
      JSON.stringify({ identifier: `e${index}`, blueprint: index % 2 === 0 ? 'service' : 'team' }),
    );
    const { result } = await setting.upsert({ entitiesFile: setting.file('a.jsonl', lines.join('\n')) });
    assert.equal(result, 'Succeeded');
    assert.equal(bulkCalls().length, 6);
    assert.equal(setting.port.requests.filter(({ path }) => path.endsWith('/access_token')).length, 1);
  });

  it('keeps every request under 1 MiB', async () => {
    const title = 'ü'.repeat(60_000);
    const entities = Array.from({ length: 20 }, (_, index) => ({ identifier: `e${index}`, title }));
    const { result, message } = await setting.upsert({
      blueprint: 'service',
      entitiesFile: setting.file('a.json', JSON.stringify(entities)),
    });
    assert.equal(result, 'Succeeded', message);
    const sizes = setting.port.requests.map(({ bodyBytes }) => bodyBytes);
    assert.ok(Math.max(...sizes) <= 1024 * 1024, sizes.join(', '));
    assert.equal(bulkCalls().length, 3);
  });

  it('halves a call that Port finds too large', async () => {
    setting.port.faults.add({ match: { path: /bulk$/ }, times: 1, fault: { kind: 'status', status: 413 } });
    const entities = JSON.stringify(Array.from({ length: 20 }, (_, index) => ({ identifier: `e${index}` })));
    const { result, host } = await setting.upsert({ blueprint: 'service', entities });
    assert.equal(result, 'Succeeded');
    assert.equal(host.outputs.upsertedCount, '20');
    assert.equal(bulkCalls().length, 3);
  });

  for (const status of [200, 207] as const) {
    it(`keeps the result of every entity, where errors come with ${status}`, async () => {
      setting.port.quirks.bulkErrorStatus = status;
      await setting.upsert({ blueprint: 'service', identifier: 'old' });
      const ran = await setting.upsert({
        blueprint: 'service',
        entities: JSON.stringify([
          { identifier: 'new' },
          { identifier: 'bad', properties: { nosuch: 1 } },
          { identifier: 'old' },
          { identifier: 'lost', relations: { owner: 'nobody' } },
        ]),
      });
      assert.equal(ran.result, 'Failed');
      assert.deepEqual(
        resultsOf(ran).map(({ index, identifier, created, error }) => [
          index,
          identifier,
          created,
          error?.code ?? null,
        ]),
        [
          [0, 'new', true, null],
          [1, 'bad', null, 'blueprint_schema_mismatch'],
          [2, 'old', false, null],
          [3, 'lost', null, 'not_found'],
        ],
      );
      assert.match(ran.message, /2 of 4 entities are written: 1 created, 1 updated; 2 were refused/);
      assert.match(ran.message, /createMissingRelatedEntities/);
      assert.match(ran.message, /PORT_ENTITIES/);
      assert.equal(ran.host.outputs.failedCount, '2');
      assert.equal(ran.host.lines.filter((line) => line.startsWith('Refused: ')).length, 2);
      assert.match(ran.summary, /\| service \| bad \| refused \|/);
    });
  }

  it('finds the one entity for which Port refuses a whole call', async () => {
    // The local Port checks the form of `team` before it looks at single entities, as the API does.
    const entities = JSON.stringify([
      ...Array.from({ length: 9 }, (_, index) => ({ identifier: `e${index}` })),
      { identifier: 'bad', team: { combinator: 'neither', rules: [] } },
    ]);
    const ran = await setting.upsert({ blueprint: 'service', entities });
    assert.equal(ran.host.outputs.upsertedCount, '9', ran.message);
    assert.deepEqual(
      resultsOf(ran)
        .filter(({ error }) => error !== null)
        .map(({ identifier }) => identifier),
      ['bad'],
    );
  });

  it('stops at the first refused entity where that is wanted, and says what was not sent', async () => {
    const lines = Array.from({ length: 400 }, (_, index) =>
      JSON.stringify({ identifier: `e${index}`, ...(index === 5 && { properties: { nosuch: 1 } }) }),
    );
    const ran = await setting.upsert({
      blueprint: 'service',
      onEntityError: 'stop',
      entitiesFile: setting.file('a.jsonl', lines.join('\n')),
    });
    assert.equal(ran.result, 'Failed');
    assert.ok(bulkCalls().length <= 8, String(bulkCalls().length));
    const results = resultsOf(ran);
    assert.equal(results.length, 400);
    const unsent = results.filter(({ error }) => error?.code === 'not_sent').length;
    assert.ok(unsent > 200);
    assert.match(ran.message, new RegExp(`1 were refused, ${unsent} were not sent`));
  });

  it('gives up on a blueprint that does not exist after one call at a time', async () => {
    const lines = Array.from({ length: 400 }, (_, index) => JSON.stringify({ identifier: `e${index}` }));
    const ran = await setting.upsert({
      blueprint: 'nosuch',
      entitiesFile: setting.file('a.jsonl', lines.join('\n')),
    });
    assert.equal(ran.host.outputs.failedCount, '400');
    assert.ok(bulkCalls().length <= 4, String(bulkCalls().length));
  });

  it('stops when the credentials are refused, and tells how far it came', async () => {
    setting.port.faults.add({ match: { path: /bulk$/ }, skip: 2, fault: { kind: 'status', status: 401 } });
    const lines = Array.from({ length: 400 }, (_, index) => JSON.stringify({ identifier: `e${index}` }));
    const ran = await setting.upsert({
      blueprint: 'service',
      entitiesFile: setting.file('a.jsonl', lines.join('\n')),
    });
    assert.equal(ran.result, 'Failed');
    assert.match(ran.message, /401.*Until then 40 of 400 entities are written/s);
    assert.match(ran.message, /PORT_CREDENTIALS/);
    assert.equal(resultsOf(ran).length, 400);
  });

  describe('ordering', () => {
    it('sends what others relate to first, whatever the order of the input', async () => {
      const entities = [
        { identifier: 'leaf', relations: { parent: 'middle', owner: 'ops' } },
        { identifier: 'user', relations: { uses: ['leaf', 'middle'] } },
        { identifier: 'middle', relations: { parent: 'root' } },
        { identifier: 'root', relations: { parent: 'root0' } },
        { identifier: 'root0' },
        { identifier: 'ops', blueprint: 'team' },
      ];
      const { result, message } = await setting.upsert({
        blueprint: 'service',
        entities: JSON.stringify(entities),
      });
      assert.equal(result, 'Succeeded', message);
      assert.deepEqual(entity('user')?.relations.uses, ['leaf', 'middle']);
    });

    it('does so for JSON Lines, which it reads once for each round', async () => {
      const lines = Array.from({ length: 50 }, (_, index) =>
        JSON.stringify({
          identifier: `e${index}`,
          ...(index % 10 < 9 && { relations: { parent: `e${index + 1}` } }),
        }),
      );
      const { result, message } = await setting.upsert({
        blueprint: 'service',
        entitiesFile: setting.file('chain.jsonl', lines.join('\n')),
      });
      assert.equal(result, 'Succeeded', message);
      assert.equal(bulkCalls().length, 10);
      assert.equal(entity('e0')?.relations.parent, 'e1');
    });

    it('asks for no schema where nothing of the input is related to', async () => {
      await setting.upsert({ blueprint: 'team', identifier: 'ops' });
      await setting.upsert({
        entities: '[{"blueprint":"service","identifier":"a","relations":{"owner":"ops"}}]',
      });
      assert.equal(setting.calls().filter((call) => call.startsWith('GET')).length, 0);
    });

    it('takes the same identifier in another blueprint for another entity', async () => {
      const entities = [
        { blueprint: 'service', identifier: 'x', relations: { owner: 'x' } },
        { blueprint: 'team', identifier: 'x' },
      ];
      const { result, message } = await setting.upsert({ entities: JSON.stringify(entities) });
      assert.equal(result, 'Succeeded', message);
    });

    it('points at createMissingRelatedEntities where entities relate in a circle', async () => {
      const entities = JSON.stringify([
        { identifier: 'a', relations: { parent: 'b' } },
        { identifier: 'b', relations: { parent: 'a' } },
      ]);
      const { result, host } = await setting.upsert({ blueprint: 'service', entities });
      assert.equal(result, 'Failed');
      assert.ok(
        host.lines.some((line) =>
          /2 entities relate to one another in a circle.*createMissingRelatedEntities/.test(line),
        ),
      );
      const again = await setting.upsert({
        blueprint: 'service',
        entities,
        createMissingRelatedEntities: 'true',
      });
      assert.equal(again.result, 'Succeeded', again.message);
    });
  });

  it('types the values of each entity by its own blueprint, with one look at each', async () => {
    const entities = `
- identifier: a
  blueprint: service
  title: 0012
  team: [0013]
  properties: {version: 7e10234, replicas: 3, isPublic: yes, tags: [1.0, no]}
- identifier: b
  blueprint: team
  properties: {size: 4}
- identifier: 0014
  blueprint: service
  properties: {version: null}
`;
    const { result, message } = await setting.upsert({ entities });
    assert.equal(result, 'Succeeded', message);
    assert.deepEqual(entity('a')?.properties, {
      version: '7e10234',
      replicas: 3,
      isPublic: true,
      tags: ['1.0', 'no'],
    });
    assert.equal(entity('a')?.title, '0012');
    assert.equal(entity('0014')?.properties.version ?? null, null);
    assert.equal(entity('b', 'team')?.properties.size, 4);
    assert.equal(setting.calls().filter((call) => call.startsWith('GET')).length, 2);
  });

  it('sends no title, icon or team that is null, and a null in a property or relation as one', async () => {
    for (const nothing of ['null', '~', '']) {
      await setting.upsert({
        entities: `- identifier: a\n  blueprint: service\n  title: ${nothing}\n  icon: ${nothing}\n  team: ${nothing}\n  properties: {version: ${nothing}}\n  relations: ${nothing}`,
      });
      const { body } = setting.port.requests.at(-1) ?? {};
      assert.deepEqual(body, { entities: [{ identifier: 'a', properties: { version: null } }] });
    }
    const { message } = await setting.upsert({
      entities: '- {identifier: a, blueprint: service, team: [a, null]}',
    });
    assert.match(message, /team must be the name of a team, or a list of names/);
  });

  it('validates many, and writes none', async () => {
    const { result, message, host } = await setting.upsert({
      blueprint: 'service',
      validateOnly: 'true',
      entities: '- identifier: a\n- identifier: b',
    });
    assert.equal(result, 'Succeeded', message);
    assert.match(message, /2 of 2 entities are valid; nothing was written/);
    assert.equal(host.outputs.upsertedCount, '0');
    assert.equal(entity('a'), undefined);
  });

  it('imports what Port exports', async () => {
    const exported = [
      {
        identifier: 'a',
        title: 'A',
        icon: null,
        team: [],
        createdAt: '2026-01-01',
        createdBy: 'x',
        updatedAt: '2026',
        updatedBy: 'y',
        $datasource: 'z',
        blueprint: 'service',
        properties: { replicas: 1 },
        relations: { owner: null },
      },
    ];
    const { result, message } = await setting.upsert({ entities: JSON.stringify(exported) });
    assert.equal(result, 'Succeeded', message);
  });

  it('names all secrets at once, whatever the number of entities', async () => {
    const entities = JSON.stringify(
      Array.from({ length: 30 }, (_, i) => ({ identifier: `e${i}`, properties: { version: 'hunter22' } })),
    );
    const { host } = await setting.upsert(
      { blueprint: 'service', entities },
      { secrets: { key: 'hunter22' } },
    );
    assert.equal(host.warnings.length, 1);
    assert.match(host.warnings[0] ?? '', /property "version"/);
  });
});
