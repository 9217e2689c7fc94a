import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { FakeHost, runTask } from '../../support/fake-host.ts';
import { startStopwatch } from '../../support/stopwatch.ts';
import { type Setting, patientClock, resultsOf, run, startSetting } from './setting.ts';

/** Every way in which Port refuses a single entity, ten of each. */
const refusals = [
  { properties: { nosuch: 1 } },
  { properties: { replicas: 'many' } },
  { relations: { owner: 'nobody' } },
] as const;

const codes = ['blueprint_schema_mismatch', 'blueprint_schema_mismatch', 'not_found'];

describe('PortUpsertEntity in bad weather', () => {
  let setting: Setting;

  beforeEach(async () => {
    setting = await startSetting();
    await setting.addBlueprint('team', {});
    await setting.addBlueprint('service', { replicas: 'number' }, { owner: { target: 'team' } });
  });

  afterEach(() => setting.close());

  const thousand = () => {
    const lines = Array.from({ length: 1000 }, (_, index) => {
      const refusal = index % 33 === 7 ? refusals[Math.floor(index / 33) % 3] : undefined;
      return JSON.stringify({ identifier: `e${index}`, properties: { replicas: index }, ...refusal });
    });
    return setting.file('thousand.jsonl', lines.join('\n'));
  };
  const expectedCode = (index: number) => (index % 33 === 7 ? codes[Math.floor(index / 33) % 3] : undefined);

  const addWeather = () => {
    const { faults } = setting.port;
    const match = { path: /bulk$/ };
    faults.add({ match, skip: 5, times: 1, fault: { kind: 'status', status: 413 } });
    faults.add({ match, skip: 12, times: 1, fault: { kind: 'status', status: 503 } });
    faults.add({ match, skip: 20, times: 1, fault: { kind: 'status', status: 503, isProcessed: true } });
    faults.add({ match, skip: 30, times: 1, fault: { kind: 'cut', isProcessed: true } });
  };

  for (const mode of ['merge', 'create'] as const) {
    it(`knows the fate of each of 1,000 entities in mode ${mode}`, async () => {
      // In mode create these are refused, since they exist: also those of calls whose answer was lost.
      const old = Array.from({ length: 50 }, (_, index) => `e${index * 20}`);
      for (const identifier of old) putOld(identifier);
      addWeather();
      const ran = await setting.upsert({ blueprint: 'service', mode, entitiesFile: thousand() });

      const results = [...resultsOf(ran)].sort((a, b) => a.index - b.index);
      assert.equal(results.length, 1000);
      for (const { index, identifier, created, error } of results) {
        assert.equal(identifier, `e${index}`);
        const isOld = old.includes(identifier);
        const code = mode === 'create' && isOld ? 'identifier_taken' : expectedCode(index);
        assert.equal(error?.code, code, `${identifier}: ${error?.message}`);
        assert.equal(created, code === undefined ? !isOld : null, identifier);
        const entity = setting.port.store.entity('service', identifier);
        const isWritten = entity?.properties.replicas === index;
        assert.equal(isWritten, code === undefined, identifier);
      }
      assert.equal(ran.result, 'Failed');
      assert.match(
        ran.message,
        /\d+ of 1000 entities are written: \d+ created, \d+ updated; \d+ were refused/,
      );
      assert.match(ran.message, /x not_found, such as "e\d+" of blueprint "service" \(entity \d+\)/);
      assert.match(ran.message, /createMissingRelatedEntities/);
      assert.ok(ran.message.length < 4000, String(ran.message.length));
    });
  }

  it('tells when Port stays away, and what had been written until then', async () => {
    setting.port.faults.add({ match: { path: /bulk$/ }, skip: 10, fault: { kind: 'reset' } });
    const ran = await setting.upsert({ blueprint: 'service', entitiesFile: thousand() });
    assert.equal(ran.result, 'Failed');
    assert.match(ran.message, /PORT_(NETWORK|TIMEOUT)/);
    assert.match(ran.message, /Until then 19\d of 1000 entities are written/);
    const results = resultsOf(ran);
    assert.equal(results.length, 1000);
    assert.ok(results.some(({ error }) => error?.code === 'not_sent'));
  });

  it('ends within a second when it is cancelled, with a result for each entity', async () => {
    setting.port.faults.add({ match: { path: /bulk$/ }, skip: 4, fault: { kind: 'silence' } });
    const stop = new AbortController();
    const { clientId, clientSecret, url: baseUrl } = setting.port;
    const host = new FakeHost({
      inputs: { clientId, clientSecret, baseUrl, blueprint: 'service', entitiesFile: thousand() },
      variables: { 'Build.SourcesDirectory': setting.folder, 'Agent.TempDirectory': setting.folder },
    });
    const running = runTask(run, host, { clock: patientClock(), signal: stop.signal });
    while (setting.port.requests.filter(({ path }) => path.endsWith('/bulk')).length < 8) await delay(5);
    const elapsed = startStopwatch();
    stop.abort();
    assert.equal((await running).result, 'Canceled');
    assert.ok(elapsed() < 1000);
    assert.equal(host.outputs.upsertedCount, String(80 - 3));
    assert.equal(resultsOf({ host, result: '', message: '', summary: '' }).length, 1000);
  });

  it('says every few seconds how far it is', async () => {
    setting.port.faults.add({
      match: { path: /bulk$/ },
      times: 3,
      skip: 10,
      fault: { kind: 'status', status: 429, headers: { 'retry-after': '6' } },
    });
    const { host } = await setting.upsert({ blueprint: 'service', entitiesFile: thousand() });
    assert.ok(host.percents.length > 0);
    assert.ok(
      host.lines.some((line) => /^\d+ of 1000 entities done/.test(line)),
      host.lines.join('\n'),
    );
  });

  function putOld(identifier: string): void {
    const at = new Date(Date.now() - 86_400_000).toISOString();
    const entities = setting.port.store.entitiesOf('service');
    const audit = { createdAt: at, createdBy: 'x', updatedAt: at, updatedBy: 'x', $datasource: 'x' };
    entities.set(identifier, {
      identifier,
      blueprint: 'service',
      properties: {},
      relations: { owner: null },
      ...audit,
    });
  }
});
