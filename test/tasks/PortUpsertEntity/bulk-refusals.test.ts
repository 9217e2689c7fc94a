import assert from 'node:assert/strict';
import { type Ran, type Setting, resultsOf, startSetting } from './setting.ts';

describe('A call of many entities that Port refuses as a whole', () => {
  let setting: Setting;
  beforeEach(async () => {
    setting = await startSetting();
    await setting.addBlueprint('service', { note: 'string' });
  });
  afterEach(() => setting.close());

  const bulkCalls = () => setting.calls().filter((call) => call.endsWith('/bulk')).length;
  const refuseFor = (text: RegExp, status: number, error: string) => {
    setting.port.faults.add({
      match: { path: /bulk$/, body: text },
      fault: { kind: 'status', status, body: { ok: false, error, message: `Refused for ${error}` } },
    });
  };
  const numbered = (count: number, prefix = 'e') =>
    Array.from({ length: count }, (_, index) => ({ identifier: `${prefix}${index}` }));
  const upsert = (entities: readonly object[], inputs = {}) =>
    setting.upsert({ blueprint: 'service', entities: JSON.stringify(entities), ...inputs });
  const refusedOf = (ran: Ran) =>
    resultsOf(ran).flatMap(({ identifier, error }) =>
      error === null ? [] : [`${identifier} ${error.code}`],
    );

  for (const [status, error] of [
    [400, 'bad_request'],
    [403, 'required_relation'],
    [403, 'missing_permissions'],
    [404, 'not_found'],
    [409, 'identifier_taken'],
    [422, 'invalid_request'],
  ] as const) {
    it(`is split until the guilty entity stands alone: ${status} ${error}`, async () => {
      refuseFor(/guilty/, status, error);
      const ran = await upsert([...numbered(12), { identifier: 'guilty' }, ...numbered(7, 'f')]);
      assert.deepEqual(refusedOf(ran), [`guilty ${error}`], ran.message);
      assert.equal(ran.host.outputs.upsertedCount, '19');
    });
  }

  it('is split for each of many guilty ones, wherever they stand', async () => {
    refuseFor(/guilty/, 403, 'required_relation');
    const ran = await upsert([...numbered(30, 'guilty'), ...numbered(5)]);
    assert.equal(refusedOf(ran).length, 30);
    assert.equal(ran.host.outputs.upsertedCount, '5');
  });

  it('ends the tries for a blueprint of which twenty entities alone, and none else, were denied', async () => {
    refuseFor(/./, 403, 'missing_permissions');
    const ran = await upsert(numbered(400));
    assert.equal(ran.host.outputs.failedCount, '400');
    assert.ok(bulkCalls() < 250, String(bulkCalls()));
  });

  it('is split no further where the first refusal is to stop the step, and every entity has its record', async () => {
    refuseFor(/"e3"/, 422, 'invalid_request');
    const ran = await upsert(numbered(20), { onEntityError: 'stop' });
    const codes = resultsOf(ran).map(({ error }) => error?.code ?? 'written');
    assert.deepEqual(codes, [
      ...['written', 'written', 'written', 'invalid_request'],
      ...Array.from({ length: 16 }, () => 'not_sent'),
    ]);
    assert.match(ran.message, /3 of 20 entities are written.*1 were refused, 16 were not sent/s);
  });

  it('costs the entities of a blueprint that is not there, and no others', async () => {
    const lost = numbered(3, 'lost').map((entity) => ({ ...entity, blueprint: 'nosuch' }));
    const found = numbered(3).map((entity) => ({ ...entity, blueprint: 'service' }));
    // A value without quotes has the blueprint looked up, and so has a relation to an entity of the same input.
    const entities = [...lost, ...found].flatMap(({ identifier, blueprint }) => [
      `- { identifier: ${identifier}, blueprint: ${blueprint}, properties: { note: 1.10 } }`,
    ]);
    const related = '- { identifier: x, blueprint: nosuch, relations: { to: e1 } }';
    const ran = await setting.upsert({ entities: [...entities, related].join('\n') });
    assert.deepEqual(
      refusedOf(ran),
      ['lost0', 'lost1', 'lost2', 'x'].map((name) => `${name} not_found`),
    );
    assert.equal(ran.host.outputs.upsertedCount, '3');
    assert.equal(setting.port.store.entity('service', 'e0')?.properties.note, '1.10');
    assert.equal(ran.host.warnings.filter((text) => text.includes('Values without quotes')).length, 1);
  });
});
