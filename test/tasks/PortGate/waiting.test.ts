import assert from 'node:assert/strict';
import { swiftClock } from '../../support/task-setting.ts';
import { type GateSetting, asked, startGateSetting } from './setting.ts';

describe('PortGate that waits', function () {
  this.timeout(30_000);
  let setting: GateSetting;
  beforeEach(async () => {
    setting = await startGateSetting();
  });
  afterEach(() => setting.close());
  const unlocked = { conditions: 'properties.locked != true' };
  const told = (lines: readonly string[]) => lines.filter((line) => line.startsWith('Waiting '));

  it('looks again until everything holds, and says what it waits for once a minute', async () => {
    await setting.service({ locked: true });
    const clock = swiftClock(async (slept) => {
      if (slept >= 300_000) await setting.service({ locked: false });
    });
    const inputs = { ...asked, ...unlocked, waitMinutes: '30', pollSeconds: '10' };
    const { result, outputs, host } = await setting.run(inputs, { clock });
    assert.equal(result, 'Succeeded');
    assert.equal(outputs.decision, 'pass');
    assert.equal(setting.calls().length, 31);
    assert.equal(told(host.lines).length, 5);
    assert.match(
      told(host.lines)[0] ?? '',
      /^Waiting up to 30 more minutes\. properties\.locked is true, and/,
    );
  });

  it('says at once when what it waits for has changed', async () => {
    await setting.service({ locked: true });
    const clock = swiftClock(async (slept) => {
      if (slept === 20_000) await setting.service({ locked: false, slo: 1 });
      if (slept === 40_000) await setting.service({ slo: 0 });
    });
    const conditions = 'properties.locked != true\nproperties.slo = 0';
    const { result, host } = await setting.run(
      { ...asked, conditions, waitMinutes: '2', pollSeconds: '10' },
      { clock },
    );
    assert.equal(result, 'Succeeded');
    assert.equal(told(host.lines).length, 2);
  });

  it('shows in the run in Port what it waits for, and that it passes then', async () => {
    await setting.service({ locked: true });
    await setting.addAction({ identifier: 'deploy' });
    const runId = await setting.user.execute('deploy', {});
    const labels = new Set<unknown>();
    const clock = swiftClock(async (slept) => {
      labels.add(setting.port.store.run(runId).statusLabel);
      if (slept >= 90_000) await setting.service({ locked: false });
    });
    const { result, host } = await setting.run({ ...asked, ...unlocked, waitMinutes: '5', runId }, { clock });
    assert.equal(result, 'Succeeded');
    assert.deepEqual([...labels], ['Waiting: Checkout is locked']);
    const { status, statusLabel } = setting.port.store.run(runId);
    assert.deepEqual([status, statusLabel], ['IN_PROGRESS', 'Checkout may be deployed']);
    assert.equal(setting.port.store.logsOf(runId).length, 2);
    assert.deepEqual(host.warnings, []);
  });

  it('stops when the time is used up, with the last reasons', async () => {
    await setting.service({ locked: true });
    const { result, message } = await setting.run({
      ...asked,
      ...unlocked,
      waitMinutes: '2',
      pollSeconds: '45',
    });
    assert.equal(result, 'Failed');
    assert.match(message, /- properties\.locked is true/);
    assert.equal(setting.calls().length, 4);
  });

  it('reads the definitions of scorecards once', async () => {
    await setting.service({});
    await setting.run({ ...asked, requireLevels: 'readiness >= Gold', waitMinutes: '5' });
    assert.equal(setting.calls().filter((call) => call.endsWith('/scorecards')).length, 1);
  });

  it('ends at once on a cancel, and has let nothing pass', async () => {
    await setting.service({ locked: true });
    const stop = new AbortController();
    const clock = swiftClock(() => stop.abort());
    const inputs = { ...asked, ...unlocked, waitMinutes: '30' };
    const { result, outputs } = await setting.run(inputs, { clock, signal: stop.signal });
    assert.equal(result, 'Canceled');
    assert.equal(outputs.decision, 'stop');
    assert.equal(setting.calls().length, 1);
  });

  it('goes on while Port is away, and passes when it is back', async () => {
    await setting.service({ locked: false });
    setting.port.faults.add({
      match: { path: /entities/ },
      times: 40,
      fault: { kind: 'status', status: 503 },
    });
    const { result, host } = await setting.run({ ...asked, ...unlocked, waitMinutes: '30' });
    assert.equal(result, 'Succeeded');
    assert.match(told(host.lines)[0] ?? '', /503/);
  });

  const away = [
    { inputs: {}, result: 'Failed', decision: 'stop' },
    { inputs: { onOutage: 'warn' }, result: 'SucceededWithIssues', decision: 'pass' },
    { inputs: { onError: 'warn' }, result: 'Failed', decision: 'stop' },
    { inputs: { mode: 'warn' }, result: 'Failed', decision: 'stop' },
  ];
  for (const { inputs, result, decision } of away)
    it(`ends as ${result} with ${JSON.stringify(inputs)} where Port is away`, async () => {
      setting.port.faults.add({ match: { path: /entities/ }, fault: { kind: 'status', status: 503 } });
      const ran = await setting.run({ ...asked, ...unlocked, ...inputs, timeoutSeconds: '5' });
      assert.equal(ran.result, result, ran.message);
      assert.equal(ran.outputs.decision, decision);
      assert.match(ran.outputs.reasons ?? '', /"found":"no answer"/);
    });
});
