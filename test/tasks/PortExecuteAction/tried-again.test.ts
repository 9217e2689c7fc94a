import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readInputs } from '../../../tasks/PortExecuteAction/inputs.ts';
import { type EarlierTry, RetryState } from '../../../tasks/PortExecuteAction/retry-state.ts';
import { run } from '../../../tasks/PortExecuteAction/run.ts';
import { FakeHost } from '../../support/fake-host.ts';
import { type TaskSetting, startTaskSetting, swiftClock } from '../../support/task-setting.ts';
import { until } from '../../support/until.ts';

const entry = join(import.meta.dirname, '..', '..', '..', 'tasks', 'PortExecuteAction', 'index.ts');
const start = /^\/v1\/actions\/[^/]+\/runs$/;
const hour = 3_600_000;

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

  const memoryFiles = () => readdirSync(folder).filter((name) => name.startsWith('port-start-'));

  const memoryFile = () => {
    const [name, ...others] = memoryFiles();
    assert.ok(name !== undefined && others.length === 0, readdirSync(folder).join(', '));
    return join(folder, name);
  };

  /** Writes what a step with these inputs would have, and returns the file. */
  const remember = (earlier: EarlierTry, { inputs = {}, age = 0 } = {}): string => {
    const { clientId, clientSecret, url: baseUrl } = setting.port;
    const host = new FakeHost({
      inputs: { clientId, clientSecret, baseUrl, action: 'scale', wait: 'false', ...inputs },
      variables: { 'Agent.TempDirectory': folder },
    });
    const clock = { ...swiftClock(), now: () => Date.now() - age };
    new RetryState({ host, clock }, readInputs(host)).save(earlier);
    return memoryFile();
  };

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
    remember({ unansweredSince: Date.now() });
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
    assert.deepEqual(memoryFiles(), []);
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

  it('leaves a file for the next try that only its own user reads, and none after the end', async () => {
    remember({ runId: 'r_old' });
    if (process.platform !== 'win32') assert.equal(statSync(memoryFile()).mode & 0o777, 0o600);
    assert.equal(readdirSync(folder).length, 1);
    rmSync(memoryFile());
    assert.equal((await execute()).result, 'Succeeded');
    assert.deepEqual(memoryFiles(), []);
  });

  const planted: Readonly<Record<string, () => unknown>> = {
    'a run id without a seal': () => writeFileSync(remember({ runId: 'r_x' }), '{"runId":"r_old"}'),
    'an object for a run id': () => writeFileSync(remember({ runId: 'r_x' }), '{"runId":{}}'),
    'a sealed object for a run id': () => remember({ runId: {} as string }),
    'half of a file': () => {
      const file = remember({ runId: 'r_old' });
      writeFileSync(file, readFileSync(file, 'utf8').slice(0, -10));
    },
    nothing: () => writeFileSync(remember({ runId: 'r_x' }), ''),
    'a file that is sealed by another secret': () =>
      remember({ runId: 'r_old' }, { inputs: { clientSecret: 'another' } }),
    'an old file': () => remember({ runId: 'r_old' }, { age: 9 * 24 * hour }),
    'the file of another step': () => {
      const text = readFileSync(remember({ runId: 'r_old' }, { inputs: { action: 'other' } }));
      rmSync(memoryFile());
      writeFileSync(remember({ runId: 'r_x' }), text);
    },
    'a link': () => {
      const file = remember({ runId: 'r_x' });
      rmSync(file);
      symlinkSync('/dev/zero', file);
    },
    'a folder': () => {
      const file = remember({ runId: 'r_x' });
      rmSync(file);
      mkdirSync(file);
    },
  };
  for (const [what, plant] of Object.entries(planted)) {
    it(`starts the run once, and says so, where the file of an earlier try is ${what}`, async () => {
      plant();
      const { result, message, host } = await execute();
      assert.equal(result, 'Succeeded', message);
      assert.equal(starts(), 1);
      const told = host.lines.filter((line) => line.startsWith('Left out what '));
      assert.equal(told.length, 1, host.lines.join('\n'));
    });
  }

  const differences: readonly Readonly<Record<string, string>>[] = [
    { runAs: 'ana@example.com' },
    { clientId: 'another' },
    { baseUrl: 'https://api.us.port.io' },
  ];
  for (const inputs of differences) {
    it(`takes nothing from a step that differs in ${Object.keys(inputs).join()}`, async () => {
      remember({ runId: 'r_old' }, { inputs });
      assert.equal((await execute()).result, 'Succeeded');
      assert.equal(starts(), 1);
    });
  }
});
