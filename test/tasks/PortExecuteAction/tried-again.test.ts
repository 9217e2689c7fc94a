import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../tasks/PortExecuteAction/run.ts';
import { memoryFiles, remember } from '../../support/retry-memory.ts';
import { type TaskSetting, startTaskSetting } from '../../support/task-setting.ts';
import { until } from '../../support/until.ts';

const entry = join(import.meta.dirname, '..', '..', '..', 'tasks', 'PortExecuteAction', 'index.ts');
const start = /^\/v1\/actions\/[^/]+\/runs$/;

describe('PortExecuteAction, tried again by the agent', () => {
  let setting: TaskSetting;
  let folder: string;

  beforeEach(async () => {
    setting = await startTaskSetting(run);
    folder = join(setting.folder, '_temp');
    await setting.addAction({ identifier: 'scale' });
  });

  afterEach(() => setting.close());

  const runs = () => [...setting.port.store.runs.keys()];
  const starts = () => setting.port.requests.filter((r) => r.method === 'POST' && start.test(r.path)).length;
  const execute = (inputs: Readonly<Record<string, string>> = {}) =>
    setting.run({ action: 'scale', wait: 'false', ...inputs });

  /** Starts the step as a process, and kills it as soon as Port has the start. */
  const killDuringStart = async (): Promise<void> => {
    const { clientId, clientSecret, url } = setting.port;
    const inputs = { ACTION: 'scale', WAIT: 'false', CLIENTID: clientId, BASEURL: url };
    const child = spawn(process.execPath, [entry], {
      cwd: setting.folder,
      stdio: 'ignore',
      env: {
        PATH: process.env.PATH,
        AGENT_TEMPDIRECTORY: folder,
        INPUT_CLIENTSECRET: clientSecret,
        ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name}`, value])),
      },
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    mkdirSync(folder, { recursive: true });
    await until('Port has the start', () => starts() === 1);
    child.kill('SIGKILL');
    await ended;
  };

  it('goes on with the run of a try that was killed before it had the answer to its start', async () => {
    setting.port.faults.add({
      match: { method: 'POST', path: start },
      times: 1,
      fault: { kind: 'silence', isProcessed: true },
    });
    await killDuringStart();
    const { result, message, outputs } = await execute();
    assert.equal(result, 'Succeeded', message);
    assert.deepEqual([outputs.runId], runs());
    assert.equal(starts(), 1);
  });

  it('starts the run where the start of a killed try has not arrived', async () => {
    setting.port.faults.add({
      match: { method: 'POST', path: start },
      times: 1,
      fault: { kind: 'silence' },
    });
    await killDuringStart();
    const { result, message, outputs } = await execute();
    assert.equal(result, 'Succeeded', message);
    assert.deepEqual([outputs.runId], runs());
    assert.ok(setting.calls().includes('GET /v1/actions/runs'));
  });

  it('fails where it cannot tell whether the start of a killed try has arrived', async () => {
    await remember(setting, { unansweredSince: Date.now() });
    setting.port.faults.add({
      match: { method: 'GET', path: '/v1/actions/runs' },
      fault: { kind: 'status', status: 403 },
    });
    const { result, message } = await execute();
    assert.equal(result, 'Failed');
    assert.match(message, /^It is not known whether action scale was started: .*The look for it failed too/);
    assert.equal(starts(), 0);
  });

  it('remembers a start that was cancelled, and none that Port refused', async () => {
    setting.port.faults.add({
      match: { method: 'POST', path: start },
      times: 1,
      fault: { kind: 'status', status: 422 },
    });
    await execute();
    assert.deepEqual(memoryFiles(setting), []);
    const abort = new AbortController();
    setting.port.faults.add({
      match: { method: 'POST', path: start },
      fault: { kind: 'silence', isProcessed: true },
    });
    const canceled = setting.run({ action: 'scale', wait: 'false' }, { signal: abort.signal });
    await until('Port has the run', () => runs().length === 1);
    abort.abort();
    await canceled;
    const { outputs } = await execute();
    assert.deepEqual([outputs.runId], runs());
  });
});
