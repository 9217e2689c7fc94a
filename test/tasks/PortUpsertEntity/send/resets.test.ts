import assert from 'node:assert/strict';
import { type Setting, resultsOf, startSetting } from '../setting.ts';

/** Bodies that hold more entities than this many. */
const moreThan = (count: number) => new RegExp(`(?:"identifier".*){${count + 1}}`, 's');

describe('A call of many entities whose connection is reset', () => {
  let setting: Setting;
  beforeEach(async () => {
    setting = await startSetting();
    await setting.addBlueprint('service', { note: 'string' });
  });
  afterEach(() => setting.close());

  const entities = (count: number, note: string) =>
    Array.from({ length: count }, (_, index) => ({ identifier: `e${index}`, properties: { note } }));
  const large = (count = 20) => entities(count, 'x'.repeat(10_000));
  const small = entities(20, 'x');
  const upsert = (given: readonly object[], inputs = {}) =>
    setting.upsert({ blueprint: 'service', entities: JSON.stringify(given), ...inputs });

  /** How many entities each call held: the local Port keeps no large bodies, and an entity is little more than its note. */
  const sizes = (note = 10_000) =>
    setting.port.requests
      .filter(({ path }) => path.endsWith('/bulk'))
      .map(({ bodyBytes }) => Math.floor(bodyBytes / note));
  const reset = (options: { times?: number; body?: RegExp; isProcessed?: boolean; skip?: number } = {}) => {
    const { body = /./, isProcessed = false, ...rule } = options;
    setting.port.faults.add({
      match: { path: /bulk$/, body },
      fault: { kind: 'reset', isProcessed },
      ...rule,
    });
  };

  const cases = [
    { what: 'once', rule: { times: 1 }, calls: [20, 20] },
    { what: 'twice', rule: { times: 2 }, calls: [20, 20, 10, 10] },
    { what: 'with more than ten', rule: { body: moreThan(10) }, calls: [20, 20, 10, 10] },
    {
      what: 'with more than five',
      rule: { body: moreThan(5) },
      calls: [20, 20, 10, 10, 5, 5, 10, 10, 5, 5],
    },
  ];
  for (const mode of ['merge', 'create']) {
    for (const isProcessed of [false, true]) {
      const after = isProcessed ? 'after they were written' : 'on the way';
      for (const { what, rule, calls } of cases) {
        it(`${what}, ${after}: each is created once, in mode ${mode}`, async () => {
          reset({ ...rule, isProcessed });
          const ran = await upsert(large(), { mode });
          assert.equal(ran.result, 'Succeeded', ran.message);
          assert.deepEqual(sizes(), calls);
          assert.deepEqual(
            resultsOf(ran).map(({ identifier, created }) => `${identifier} ${created}`),
            large().map(({ identifier }) => `${identifier} true`),
          );
        });
      }
    }
  }

  it('is sent again as it is where it is small, until it arrives', async () => {
    reset({ times: 5 });
    assert.equal((await upsert(small)).result, 'Succeeded');
    assert.equal(new Set(sizes(1)).size, 1);
  });

  it('is not split where it holds one entity, however large', async () => {
    reset({ times: 4 });
    assert.equal((await upsert(entities(2, 'x'.repeat(300_000)))).result, 'Succeeded');
    assert.deepEqual(sizes(300_000), [2, 2, 1, 1, 1, 1]);
  });

  it('ends with the time of the step where it never arrives, and each entity has one record without a result', async () => {
    reset();
    const ran = await upsert(large(30), { timeoutSeconds: '60' });
    assert.equal(ran.result, 'Failed');
    assert.match(ran.message, /Until then 0 of 30 entities are written.*\[PORT_TIMEOUT\]$/s);
    assert.ok(sizes().length < 60, `${sizes().length} calls`);
    const results = resultsOf(ran);
    assert.deepEqual([...new Set(results.map(({ identifier }) => identifier))].length, 30);
    assert.equal(results.length, 30);
    assert.ok(results.every(({ error }) => /^PORT_(NETWORK|TIMEOUT)$/.test(error?.code ?? '')));
  });

  it('knows of an entity that it did not come to again that it may be written', async () => {
    reset({ times: 2 });
    const [bad, ...others] = large();
    const ran = await upsert([{ ...bad, properties: { nosuch: 'x'.repeat(10_000) } }, ...others], {
      onEntityError: 'stop',
    });
    const codes = resultsOf(ran).map(({ error }) => error?.code ?? 'written');
    assert.deepEqual(codes, [
      'blueprint_schema_mismatch',
      ...Array.from({ length: 9 }, () => 'written'),
      ...Array.from({ length: 10 }, () => 'PORT_NETWORK'),
    ]);
    assert.match(ran.message, /1 were refused, for 10 there was no result/);
  });
});
