import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../tasks/PortSearchEntities/run.ts';
import { type TaskSetting, startTaskSetting, swiftClock } from '../../support/task-setting.ts';

interface Stored {
  readonly identifier: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

describe('PortSearchEntities', () => {
  let setting: TaskSetting;

  beforeEach(async () => {
    setting = await startTaskSetting(run);
    const properties = {
      imageTag: 'string',
      replicas: 'number',
      tags: { type: 'array', items: { type: 'string' } },
    };
    await setting.addBlueprint({ identifier: 'service', properties });
    await setting.addEntity('service', {
      identifier: 'checkout',
      properties: { imageTag: '1.10', replicas: 3 },
    });
    await setting.addEntity('service', { identifier: 'cart', properties: { imageTag: '1.1', replicas: 1 } });
    await setting.addEntity('service', {
      identifier: 'ads',
      title: 'Ads',
      properties: { tags: ['1.0', 'on'] },
    });
  });

  afterEach(() => setting.close());

  const search = (inputs: Readonly<Record<string, string>>) =>
    setting.run({ blueprint: 'service', ...inputs });

  const found = ({ outputs }: { outputs: Readonly<Record<string, string>> }) =>
    JSON.parse(readFileSync(outputs.resultFile ?? '', 'utf8')) as readonly Stored[];

  it('finds all entities of a blueprint', async () => {
    const ran = await search({});
    assert.equal(ran.result, 'Succeeded', ran.message);
    assert.equal(ran.outputs.count, '3');
    assert.equal(ran.outputs.identifiers, '["checkout","cart","ads"]');
    assert.deepEqual(
      found(ran).map(({ identifier }) => identifier),
      ['checkout', 'cart', 'ads'],
    );
    assert.match(ran.message, /^Found 3 entities of blueprint service; they are in /);
    assert.match(ran.summary, /\[checkout\]\(<http/);
  });

  const queries: readonly (readonly [what: string, query: string, identifiers: readonly string[]])[] = [
    ['JSON', '{"combinator":"and","rules":[{"property":"replicas","operator":">","value":2}]}', ['checkout']],
    [
      'YAML',
      'combinator: or\nrules:\n- {property: replicas, operator: "=", value: 1}\n- {property: $title, operator: =, value: Ads}',
      ['cart', 'ads'],
    ],
    [
      'a list of rules',
      '- property: replicas\n  operator: ">"\n  value: 0\n- property: $identifier\n  operator: beginsWith\n  value: ca',
      ['cart'],
    ],
    ['text that looks like a number', '- {property: imageTag, operator: =, value: 1.10}', ['checkout']],
    ['several such texts', '- {property: imageTag, operator: in, value: [1.10, 1.1]}', ['checkout', 'cart']],
    ['entries of a list', '- {property: tags, operator: contains, value: on}', ['ads']],
    [
      'nested rules',
      '- combinator: or\n  rules:\n  - {property: imageTag, operator: =, value: 1.1}\n  - {property: tags, operator: containsAny, value: [1.0]}',
      ['cart', 'ads'],
    ],
  ];
  for (const [what, query, identifiers] of queries) {
    it(`takes a query as ${what}`, async () => {
      const { result, message, outputs } = await search({ query });
      assert.equal(result, 'Succeeded', message);
      assert.deepEqual(JSON.parse(outputs.identifiers ?? ''), identifiers);
    });
  }

  it('looks at the blueprint only where a value of the query is ambiguous', async () => {
    await search({ query: '- {property: imageTag, operator: =, value: "1.10"}' });
    assert.deepEqual(setting.calls(), ['POST /v1/blueprints/service/entities/search']);
    await search({ query: '- {property: imageTag, operator: =, value: 1.10}' });
    assert.deepEqual(setting.calls().slice(1), [
      'GET /v1/blueprints/service',
      'POST /v1/blueprints/service/entities/search',
    ]);
  });

  it('sends a null of a query as one, and what is related to as text', async () => {
    await search({
      query:
        '- {property: imageTag, operator: "!=", value: null}\n- {operator: relatedTo, blueprint: service, value: 12}',
    });
    const { body } = setting.port.requests.at(-1) ?? {};
    assert.deepEqual((body as { query: { rules: unknown } }).query.rules, [
      { property: 'imageTag', operator: '!=', value: null },
      { operator: 'relatedTo', blueprint: 'service', value: '12' },
    ]);
  });

  it('says that a secret stands in the query, which Port gets as it is', async () => {
    const query = '[{property: imageTag, operator: =, value: hunter22}]';
    const { host } = await setting.run(
      { blueprint: 'service', query },
      { secrets: { password: 'hunter22' } },
    );
    assert.deepEqual(host.warnings, [
      'The value of a secret variable stands in input query, and is sent to Port. Take it out if that is not meant.',
    ]);
  });

  it('searches the whole catalog where no blueprint is named', async () => {
    await setting.addBlueprint({ identifier: 'team' });
    await setting.addEntity('team', { identifier: 'checkout' });
    const ran = await setting.run({
      query: '- {property: $identifier, operator: =, value: checkout}',
      include: 'blueprint',
      pick: 'kind = blueprint',
    });
    assert.equal(ran.result, 'Succeeded', ran.message);
    assert.equal(ran.outputs.count, '2');
    assert.equal(ran.outputs.kind, 'service');
    assert.deepEqual(setting.calls(), ['POST /v1/entities/search']);
  });

  it('reads only what is included, what is picked, and what tells which entity it is', async () => {
    const ran = await search({
      include: 'properties.replicas',
      pick: 'tag = properties.imageTag',
      limit: '1',
    });
    assert.deepEqual(found(ran), [
      { identifier: 'checkout', blueprint: 'service', properties: { imageTag: '1.10', replicas: 3 } },
    ]);
  });

  it('picks from the first entity, and from each for the matrix', async () => {
    const { outputs } = await search({ pick: 'tag = properties.imageTag\nreplicas = properties.replicas' });
    assert.equal(outputs.tag, '1.10');
    assert.equal(outputs.replicas, '3');
    assert.deepEqual(JSON.parse(outputs.matrix ?? ''), {
      checkout: { identifier: 'checkout', tag: '1.10', replicas: '3' },
      cart: { identifier: 'cart', tag: '1.1', replicas: '1' },
      ads: { identifier: 'ads', tag: '', replicas: '' },
    });
  });

  it('names the legs of the matrix as Azure Pipelines wants them', async () => {
    for (const identifier of ['9/a', 'a-b', 'a_B', 'dé']) await setting.addEntity('service', { identifier });
    const { outputs } = await search({ query: '- {property: imageTag, operator: isEmpty}' });
    const matrix = JSON.parse(outputs.matrix ?? '') as Record<string, { identifier: string }>;
    assert.deepEqual(Object.keys(matrix), ['ads', 'e_9_a', 'a_b', 'a_B_2', 'd_']);
    assert.equal(matrix.a_B_2?.identifier, 'a_B');
    assert.ok(Object.keys(matrix).every((name) => /^[A-Za-z][A-Za-z0-9_]{0,99}$/.test(name)));
  });

  it('keeps variables of the matrix free of what Azure Pipelines would expand', async () => {
    await setting.addEntity('service', { identifier: 'sly', properties: { imageTag: '$(secret)' } });
    const { outputs } = await search({
      query: '- {property: $identifier, operator: =, value: sly}',
      pick: 'tag = properties.imageTag',
    });
    assert.deepEqual(JSON.parse(outputs.matrix ?? ''), { sly: { identifier: 'sly', tag: '' } });
  });

  it('ends at the limit, and says that there is more', async () => {
    const ran = await search({ limit: '2' });
    assert.equal(ran.outputs.count, '2');
    assert.equal(found(ran).length, 2);
    assert.match(ran.message, /There are more in Port: limit ended the search\.$/);
    assert.doesNotMatch((await search({ limit: '3' })).message, /more in Port/);
  });

  it('succeeds with nothing, and fails with nothing where that is asked for', async () => {
    const query = '- {property: replicas, operator: ">", value: 9}';
    const nothing = await search({ query, pick: 'tag = properties.imageTag' });
    assert.equal(nothing.result, 'Succeeded', nothing.message);
    const { resultFile = '', ...others } = nothing.outputs;
    assert.deepEqual(others, { count: '0', identifiers: '[]', matrix: '', tag: '' });
    assert.deepEqual(JSON.parse(readFileSync(resultFile, 'utf8')), []);
    const failed = await search({ query, failIfNone: 'true' });
    assert.equal(failed.result, 'Failed');
    assert.match(failed.message, /^No entity of blueprint service matches the query\..*\[PORT_ENTITIES\]$/);
    assert.equal(failed.outputs.count, '0');
  });

  it('keeps a result file that is there where the search fails half-way', async () => {
    const before = await search({ resultFile: 'found.json' });
    setting.port.faults.add({ match: { path: /search$/ }, fault: { kind: 'status', status: 422 } });
    const ran = await search({ resultFile: 'found.json' });
    assert.equal(ran.result, 'Failed');
    assert.equal(found(before).length, 3);
    assert.deepEqual(
      readdirSync(setting.folder).filter((name) => name.startsWith('found')),
      ['found.json'],
    );
  });

  const bad: readonly (readonly [inputs: Readonly<Record<string, string>>, problem: RegExp])[] = [
    [{ query: 'combinator: and' }, /Input query must have combinator/],
    [{ query: '- just text' }, /Input query must have combinator/],
    [{ query: '{"combinator": "and", "rules": [}' }, /Input query, line 1, column \d+/],
    [
      { query: '- a: 1\n---\n- b: 2' },
      /Input query must be one YAML or JSON object or list, not 2 documents/,
    ],
    [{ limit: '0' }, /Input limit is "0"\. Use a whole number/],
    [{ blueprint: 'My service' }, /Input blueprint "My service" has characters/],
    [{ include: '[1]' }, /Input include is not a JSON list of texts/],
  ];
  for (const [inputs, problem] of bad) {
    it(`refuses ${JSON.stringify(inputs)} before it asks Port`, async () => {
      const { result, message } = await search(inputs);
      assert.equal(result, 'Failed');
      assert.match(message, problem);
      assert.deepEqual(setting.calls(), []);
    });
  }

  it('says what to do where neither blueprint nor query is given', async () => {
    assert.match((await setting.run()).message, /^Inputs blueprint and query are both empty\./);
  });

  it("tells in Port's words what is wrong with a query", async () => {
    const { message } = await search({ query: '- {property: replicas, operator: nearly, value: 3}' });
    assert.match(message, /^Cannot .*: POST \/v1\/blueprints\/service\/entities\/search -> 422; Port says /);
  });
});

describe('PortSearchEntities with 5,000 entities', function () {
  this.timeout(60_000);
  let setting: TaskSetting;
  const count = 5000;

  before(async () => {
    setting = await startTaskSetting(run);
    await setting.addBlueprint({ identifier: 'service', properties: { note: 'string' } });
    const at = new Date().toISOString();
    const audit = { createdAt: at, createdBy: 'dev', updatedAt: at, updatedBy: 'dev' };
    for (let number = 0; number < count; number++) {
      const identifier = `service-${number}`;
      const entity = {
        identifier,
        blueprint: 'service',
        properties: { note: 'n'.repeat(1000) },
        relations: {},
        ...audit,
      };
      setting.port.store.entitiesOf('service').set(identifier, entity);
    }
  });

  after(() => setting.close());

  it('pages to the end, caps the outputs, and has all in the file', async () => {
    const { result, message, outputs, host } = await setting.run({
      blueprint: 'service',
      resultFile: 'all.json',
    });
    assert.equal(result, 'Succeeded', message);
    assert.equal(outputs.count, String(count));
    assert.equal(setting.calls().length, 20);
    const identifiers = JSON.parse(outputs.identifiers ?? '') as string[];
    assert.ok((outputs.identifiers ?? '').length <= 30_000 && identifiers.length > 1500);
    assert.equal(outputs.matrix, '');
    assert.match(
      host.warnings.join(),
      /Output identifiers has the first \d+ of 5000: a variable holds no more/,
    );
    const all = JSON.parse(readFileSync(join(setting.folder, 'all.json'), 'utf8')) as readonly Stored[];
    assert.equal(new Set(all.map(({ identifier }) => identifier)).size, count);
  });

  it('names the result file that cannot be put in its place, and leaves no part of it', async () => {
    const match = { path: /search$/ };
    setting.port.faults.add({ match, times: 1, fault: { kind: 'status', status: 503 } });
    // Another step makes a folder of that name while Port is asked.
    const clock = swiftClock(() => void mkdirSync(join(setting.folder, 'r.json'), { recursive: true }));
    const ran = await setting.run({ blueprint: 'service', resultFile: 'r.json' }, { clock });
    assert.equal(ran.result, 'Failed');
    assert.match(
      ran.message,
      /^Input resultFile: .*r\.json cannot be written \(EISDIR\): it is a folder.*\[PORT_INPUT\]$/,
    );
    assert.ok(!readdirSync(setting.folder).includes('r.json.part'));
  });
});
