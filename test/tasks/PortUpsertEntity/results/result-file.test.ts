import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Ran, type Setting, resultsOf, startSetting } from '../setting.ts';

type Inputs = Readonly<Record<string, string>>;

const count = 200;

describe('The result file of PortUpsertEntity', () => {
  let setting: Setting;

  beforeEach(async () => {
    setting = await startSetting();
    await setting.addBlueprint('service', { version: 'string' });
  });

  afterEach(() => setting.close());

  const forms: readonly (readonly [form: string, inputs: () => Inputs])[] = [
    ['an inline YAML list', () => ({ entities: yamlList(0, count) })],
    ['inline YAML documents', () => ({ entities: yamlDocuments(0, count) })],
    ['an inline JSON array', () => ({ entities: jsonArray(0, count) })],
    ['inline JSON Lines', () => ({ entities: jsonLines(0, count) })],
    ['a YAML file', () => ({ entitiesFile: setting.file('a.yaml', yamlList(0, count)) })],
    ['a JSON file', () => ({ entitiesFile: setting.file('a.json', jsonArray(0, count)) })],
    ['a file of JSON Lines', () => ({ entitiesFile: setting.file('a.jsonl', jsonLines(0, count)) })],
    [
      'several files',
      () => {
        setting.file('all-1.jsonl', jsonLines(0, 70));
        setting.file('all-2.yaml', yamlList(70, 140));
        setting.file('all-3.json', jsonArray(140, count));
        return { entitiesFile: 'all-*' };
      },
    ],
  ];

  const endings: readonly (readonly [
    ending: string,
    end: (inputs: Inputs) => Promise<Ran>,
    result: RegExp,
  ])[] = [
    [
      'it stops at a refused entity',
      (inputs) => {
        refuseFromTheSecondCallOn();
        return setting.upsert({ ...inputs, onEntityError: 'stop' });
      },
      /were not sent \(onEntityError is stop\)/,
    ],
    [
      'it is cancelled',
      async (inputs) => {
        setting.port.faults.add({ match: { path: /bulk$/ }, skip: 2, fault: { kind: 'silence' } });
        const stop = new AbortController();
        const running = setting.upsert(inputs, { signal: stop.signal });
        while (bulkCalls() < 6) await delay(5);
        stop.abort();
        return running;
      },
      /Canceled/,
    ],
    [
      'its time is used up',
      (inputs) => {
        setting.port.faults.add({
          match: { path: /bulk$/ },
          skip: 2,
          fault: { kind: 'status', status: 503 },
        });
        return setting.upsert({ ...inputs, timeoutSeconds: '1' });
      },
      /raise timeoutSeconds/,
    ],
    [
      'its credentials are refused',
      (inputs) => {
        setting.port.faults.add({
          match: { path: /bulk$/ },
          skip: 2,
          fault: { kind: 'status', status: 401 },
        });
        return setting.upsert(inputs);
      },
      /PORT_CREDENTIALS/,
    ],
  ];

  for (const [ending, end, expected] of endings) {
    for (const [form, inputsOf] of forms) {
      it(`has one record for each entity of ${form} where ${ending}`, async () => {
        const ran = await end({ blueprint: 'service', ...inputsOf() });
        assert.match(ran.message, expected);
        const results = [...resultsOf(ran)].sort((a, b) => a.index - b.index);
        assert.deepEqual(
          results.map(({ index, identifier, blueprint }) => [index, identifier, blueprint]),
          Array.from({ length: count }, (_, index) => [index, `e${index}`, 'service']),
        );
        assert.ok(results.filter(({ error }) => error?.code === 'not_sent').length >= 80);
      });
    }
  }

  it('needs no request to list what was not sent', async () => {
    await setting.addBlueprint('late', { version: 'string' });
    refuseFromTheSecondCallOn();
    const entities = `${yamlList(0, count)}\n- {identifier: last, blueprint: late, properties: {version: 1.10}}`;
    const ran = await setting.upsert({ blueprint: 'service', entities, onEntityError: 'stop' });
    assert.equal(resultsOf(ran).length, count + 1);
    assert.ok(!setting.calls().includes('GET /v1/blueprints/late'), setting.calls().join('\n'));
  });

  it('has a record for each entity also where the input is gone before the end', async () => {
    setting.port.faults.add({ match: { path: /bulk$/ }, skip: 2, fault: { kind: 'silence' } });
    const stop = new AbortController();
    const entitiesFile = setting.file('a.jsonl', jsonLines(0, count));
    const running = setting.upsert({ blueprint: 'service', entitiesFile }, { signal: stop.signal });
    while (bulkCalls() < 6) await delay(5);
    rmSync(join(setting.folder, entitiesFile));
    stop.abort();
    const results = resultsOf(await running);
    assert.equal(new Set(results.map(({ index }) => index)).size, count);
    assert.equal(results.length, count);
    const unsent = results.filter(({ error }) => error?.code === 'not_sent');
    assert.ok(unsent.length > 0 && unsent.every(({ identifier }) => identifier === 'unknown'));
  });

  function refuseFromTheSecondCallOn(): void {
    setting.port.faults.add({
      match: { path: /bulk$/ },
      skip: 1,
      fault: { kind: 'status', status: 403 },
    });
  }

  const bulkCalls = () => setting.calls().filter((call) => call.endsWith('/bulk')).length;
});

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** The version is not quoted: whether it is text or a number only the blueprint says. */
function yamlList(from: number, to: number): string {
  return numbers(from, to)
    .map((number) => `- identifier: e${number}\n  properties: {version: 1.10}`)
    .join('\n');
}

function yamlDocuments(from: number, to: number): string {
  return numbers(from, to)
    .map((number) => `identifier: e${number}\nproperties: {version: 1.10}`)
    .join('\n---\n');
}

function jsonEntities(from: number, to: number): readonly string[] {
  return numbers(from, to).map((number) => `{"identifier": "e${number}", "properties": {"version": "1.10"}}`);
}

function jsonArray(from: number, to: number): string {
  return `[${jsonEntities(from, to).join(',\n')}]`;
}

function jsonLines(from: number, to: number): string {
  return jsonEntities(from, to).join('\n');
}
