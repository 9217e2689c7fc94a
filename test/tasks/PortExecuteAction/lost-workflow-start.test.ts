import assert from 'node:assert/strict';
import { run } from '../../../tasks/PortExecuteAction/run.ts';
import { memoryFiles, remember } from '../../support/retry-memory.ts';
import { type TaskSetting, startTaskSetting, swiftClock } from '../../support/task-setting.ts';

describe('PortExecuteAction, where the answer to the start of a workflow is lost', () => {
  let setting: TaskSetting;

  beforeEach(async () => {
    setting = await startTaskSetting(run);
    await setting.addWorkflow({
      identifier: 'release',
      inputs: {
        service: { type: 'string' },
        note: { type: 'string' },
        password: { type: 'string', encryption: 'aes256-gcm' },
      },
      nodes: [{ identifier: 'build', type: 'KAFKA' }],
    });
  });

  afterEach(() => setting.close());

  const start = '/v1/workflows/release/runs';
  const runs = () => [...setting.port.store.workflowRuns.values()];
  const starts = () => setting.calls().filter((call) => call === `POST ${start}`).length;
  type Fault = Parameters<TaskSetting['port']['faults']['add']>[0]['fault'];
  const lose = (fault: Fault, times = 1) =>
    setting.port.faults.add({ match: { method: 'POST', path: start }, times, fault });
  const byHand = (inputs: object) => setting.user.call('POST', start, { inputs });
  const inputs = { workflow: 'release', wait: 'false', properties: 'service: checkout' };
  /** What the real Port may show of the newest run, in place of what it holds. */
  const show = (variables: object) => Object.assign(runs().at(-1) ?? {}, { variables });

  const lost: readonly Fault[] = [
    { kind: 'reset', isProcessed: true },
    { kind: 'html', isProcessed: true },
    { kind: 'empty', isProcessed: true },
    { kind: 'status', status: 503, isProcessed: true },
    { kind: 'status', status: 504, isProcessed: true },
  ];
  for (const fault of lost)
    it(`finds the run that was started (${JSON.stringify(fault)})`, async () => {
      lose(fault);
      const { result, message, outputs, host } = await setting.run(inputs);
      assert.equal(result, 'Succeeded', message);
      assert.deepEqual(
        [outputs.runId],
        runs().map(({ identifier }) => identifier),
      );
      assert.equal(starts(), 1);
      assert.ok(host.lines.some((line) => /^Found run wfr_\w+: the start had arrived\.$/.test(line)));
    });

  it('fails rather than start twice where Port shows no run', async () => {
    lose({ kind: 'reset' });
    const { result, message } = await setting.run(inputs);
    assert.equal(result, 'Failed');
    assert.match(
      message,
      /^It is not known whether workflow release was started: .* Look at the workflow's runs in Port, .*\[PORT_ACTION\]$/,
    );
    assert.equal(starts(), 1);
  });

  it('starts again where Port says that it was not there, once it shows no run', async () => {
    lose({ kind: 'status', status: 503 }, 2);
    const { result, message } = await setting.run(inputs);
    assert.equal(result, 'Succeeded', message);
    assert.deepEqual([starts(), runs().length], [3, 1]);
  });

  it('finds a run that appears late', async () => {
    lose({ kind: 'reset' });
    let waits = 0;
    const clock = swiftClock(async () => {
      if (++waits === 3) await byHand({ service: 'checkout' });
    });
    const { result, message, outputs } = await setting.run(inputs, { clock });
    assert.equal(result, 'Succeeded', message);
    assert.equal(outputs.runId, runs()[0]?.identifier);
  });

  it('takes no run with other inputs for its own, none of another workflow, and none that is older', async () => {
    await setting.addWorkflow({ identifier: 'other', inputs: { service: { type: 'string' } }, nodes: [] });
    await setting.user.call('POST', '/v1/workflows/other/runs', { inputs: { service: 'checkout' } });
    await byHand({ service: 'cart' });
    await byHand({ note: 'checkout' });
    await byHand({ service: 'checkout' });
    Object.assign(runs().at(-1) ?? {}, { createdAt: new Date(Date.now() - 60_000).toISOString() });
    lose({ kind: 'reset' });
    const { result, message } = await setting.run(inputs);
    assert.equal(result, 'Failed');
    assert.match(message, /Port shows no run of it from this time/);
  });

  it('does not choose between two runs that it could be', async () => {
    await byHand({ service: 'checkout' });
    lose({ kind: 'reset', isProcessed: true });
    const { result, message } = await setting.run(inputs);
    assert.equal(result, 'Failed');
    assert.match(message, /Port shows 2 runs from this time that it could be: wfr_\w+, wfr_\w+\./);
  });

  it('compares no input that Port encrypts', async () => {
    lose({ kind: 'reset', isProcessed: true });
    let isFirst = true;
    const clock = swiftClock(() => {
      if (isFirst) show({ outputs: { trigger: { service: 'checkout', password: 'c2VhbGVk' } } });
      isFirst = false;
    });
    const properties = 'service: checkout\npassword: hunter2';
    const { result, message } = await setting.run({ ...inputs, properties }, { clock });
    assert.equal(result, 'Succeeded', message);
  });

  const hidden: Readonly<Record<string, object>> = {
    'nothing of it': { outputs: {} },
    'what its trigger makes of them': { outputs: { form: { image: 'checkout:1' } } },
  };
  for (const [what, variables] of Object.entries(hidden))
    it(`starts nothing where Port shows ${what} in place of a run's inputs`, async () => {
      await byHand({ service: 'checkout' });
      show(variables);
      lose({ kind: 'status', status: 503 });
      const { result, message } = await setting.run(inputs);
      assert.equal(result, 'Failed');
      assert.match(
        message,
        /The look for it failed too: Port does not show with which inputs workflow run wfr_/,
      );
      assert.equal(starts(), 1);
    });

  describe('and the step is tried again', () => {
    it('goes on with a run that appeared meanwhile', async () => {
      lose({ kind: 'reset' });
      assert.equal((await setting.run(inputs)).result, 'Failed');
      await byHand({ service: 'checkout' });
      const { result, message, outputs } = await setting.run(inputs);
      assert.equal(result, 'Succeeded', message);
      assert.equal(outputs.runId, runs()[0]?.identifier);
      assert.equal(starts(), 1);
    });

    it('looks for the run of a try that was killed during its start, and starts it where there is none', async () => {
      const own = { action: '', workflow: 'release', properties: 'service: checkout' };
      await remember(setting, { unansweredSince: Date.now() }, { inputs: own });
      const { result, message, outputs } = await setting.run(inputs);
      assert.equal(result, 'Succeeded', message);
      assert.deepEqual(
        [outputs.runId],
        runs().map(({ identifier }) => identifier),
      );
      assert.ok(setting.calls().includes('GET /v1/workflows/runs'));
      assert.deepEqual(memoryFiles(setting), []);
    });

    it('goes on with its own run while that is open, and starts a new one after a failure', async () => {
      const waiting = { ...inputs, wait: 'true', timeoutMinutes: '1' };
      const first = await setting.run(waiting);
      assert.equal(first.result, 'Failed');
      const fail = swiftClock(async () => {
        const [nodeRun] = setting.port.store.nodeRuns.keys();
        const body = { status: 'COMPLETED', result: 'FAILED' };
        await setting.user.call('PATCH', `/v1/workflows/nodes/runs/${nodeRun ?? ''}`, body);
      });
      const second = await setting.run(waiting, { clock: fail });
      assert.deepEqual([second.outputs.runId, second.outputs.runStatus], [first.outputs.runId, 'FAILED']);
      const third = await setting.run({ ...waiting, wait: 'false' });
      assert.notEqual(third.outputs.runId, first.outputs.runId);
      assert.equal(starts(), 2);
    });

    it('takes nothing from a step that starts an action of the same name', async () => {
      await remember(setting, { runId: 'r_old' }, { inputs: { action: 'release' } });
      const { result, message } = await setting.run({ ...inputs, properties: '' });
      assert.equal(result, 'Succeeded', message);
      assert.equal(starts(), 1);
    });
  });
});
