import assert from 'node:assert/strict';
import { type Setting, startSetting } from './setting.ts';

describe('PortUpsertEntity in a pipeline that a run of Port started', () => {
  let setting: Setting;
  let runId: string;

  beforeEach(async () => {
    setting = await startSetting();
    await setting.addBlueprint('service', { version: 'string' });
    runId = await startRun();
  });

  afterEach(() => setting.close());

  const inputs = { blueprint: 'service', identifier: 'a' };
  const tied = () => (setting.port.store.runEntities.get(runId) ?? []).map(({ identifier }) => identifier);

  it('ties the entity to the run', async () => {
    const { message, summary } = await setting.upsert({ ...inputs, runId });
    assert.deepEqual(tied(), ['a']);
    assert.ok(message.includes(`tied to run ${runId}`), message);
    assert.match(summary, /Tied to run/);
  });

  it('takes the run from the payload, the variable or the run number', async () => {
    await setting.upsert({ ...inputs, payload: JSON.stringify({ port_context: { runId } }) });
    await setting.upsert({ ...inputs, identifier: 'b' }, { variables: { PORT_RUN_ID: runId } });
    await setting.upsert(
      { ...inputs, identifier: 'c' },
      { variables: { 'Build.BuildNumber': `2026.1 ${runId}` } },
    );
    assert.deepEqual(tied(), ['a', 'b', 'c']);
  });

  it('writes without a tie where there is no run', async () => {
    const { result, message, host } = await setting.upsert({ ...inputs, runId: '$(PORT_RUN_ID)' });
    assert.equal(result, 'Succeeded', message);
    assert.deepEqual(host.warnings, []);
    assert.ok(!message.includes('tied'), message);
  });

  it('writes untied, with a warning, when the run is finished', async () => {
    await finish();
    const { result, message, host } = await setting.upsert({ ...inputs, runId });
    assert.equal(result, 'Succeeded', message);
    assert.ok(setting.port.store.entity('service', 'a'));
    assert.deepEqual(tied(), []);
    assert.equal(host.warnings.length, 1);
    assert.match(host.warnings[0] ?? '', /is finished already/);
  });

  it('does the same for many, with one warning', async () => {
    await finish();
    const entities = JSON.stringify(Array.from({ length: 100 }, (_, index) => ({ identifier: `e${index}` })));
    const { result, message, host } = await setting.upsert({ blueprint: 'service', entities, runId });
    assert.equal(result, 'Succeeded', message);
    assert.equal(host.outputs.upsertedCount, '100');
    assert.equal(host.warnings.length, 1);
  });

  it('ties many entities to the run', async () => {
    const entities = JSON.stringify(Array.from({ length: 25 }, (_, index) => ({ identifier: `e${index}` })));
    await setting.upsert({ blueprint: 'service', entities, runId });
    assert.equal(tied().length, 25);
  });

  it("says that entities cannot be tied to a workflow node's run, and writes them", async () => {
    const { result, host } = await setting.upsert({ ...inputs, runId: 'wfnr_abcdef' });
    assert.equal(result, 'Succeeded');
    assert.ok(host.lines.some((line) => line.includes('action runs only')));
  });

  async function startRun(): Promise<string> {
    const action = {
      identifier: 'deploy',
      title: 'Deploy',
      trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {}, required: [] } },
      invocationMethod: { type: 'KAFKA', payload: {} },
    };
    await call('POST', '/v1/actions', action);
    const { run } = (await call('POST', '/v1/actions/deploy/runs', { properties: {} })) as {
      run: { id: string };
    };
    await setting.port.idle();
    return run.id;
  }

  const finish = () => call('PATCH', `/v1/actions/runs/${runId}`, { status: 'SUCCESS' });

  async function call(method: string, path: string, body: unknown): Promise<unknown> {
    const { accessToken } = setting.port.tokens.issue();
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
    const answer = await fetch(setting.port.url + path, { method, headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, await answer.clone().text());
    return answer.json();
  }
});
