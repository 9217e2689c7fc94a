import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../tasks/PortExecuteAction/run.ts';
import { memoryFile, memoryFiles, remember } from '../support/retry-memory.ts';
import { type TaskSetting, startTaskSetting } from '../support/task-setting.ts';
import { isWindows, itOnPosix } from '../support/where.ts';

const start = /^\/v1\/actions\/[^/]+\/runs$/;
const hour = 3_600_000;
const linked = 'a link';

describe("Somebody on the agent's disk, where PortExecuteAction is tried again", () => {
  let setting: TaskSetting;
  let folder: string;

  beforeEach(async () => {
    setting = await startTaskSetting(run);
    folder = join(setting.folder, '_temp');
    await setting.addAction({ identifier: 'scale' });
  });

  afterEach(() => setting.close());

  const starts = () => setting.port.requests.filter((r) => r.method === 'POST' && start.test(r.path)).length;
  const execute = () => setting.run({ action: 'scale', wait: 'false' });

  it('leaves a file for the next try that only its own user reads, and none after the end', async () => {
    await remember(setting, { runId: 'r_old' });
    if (!isWindows) assert.equal(statSync(memoryFile(setting)).mode & 0o777, 0o600);
    assert.equal(readdirSync(folder).length, 1);
    rmSync(memoryFile(setting));
    assert.equal((await execute()).result, 'Succeeded');
    assert.deepEqual(memoryFiles(setting), []);
  });

  const planted: Readonly<Record<string, () => unknown>> = {
    'a run id without a seal': async () =>
      writeFileSync(await remember(setting, { runId: 'r_x' }), '{"runId":"r_old"}'),
    'an object for a run id': async () =>
      writeFileSync(await remember(setting, { runId: 'r_x' }), '{"runId":{}}'),
    'a sealed object for a run id': () => remember(setting, { runId: {} as string }),
    'half of a file': async () => {
      const file = await remember(setting, { runId: 'r_old' });
      writeFileSync(file, readFileSync(file, 'utf8').slice(0, -10));
    },
    nothing: async () => writeFileSync(await remember(setting, { runId: 'r_x' }), ''),
    'a file that is sealed by another secret': () =>
      remember(setting, { runId: 'r_old' }, { inputs: { clientSecret: 'another' } }),
    'an old file': () => remember(setting, { runId: 'r_old' }, { age: 9 * 24 * hour }),
    'the file of another step': async () => {
      const text = readFileSync(await remember(setting, { runId: 'r_old' }, { inputs: { action: 'other' } }));
      rmSync(memoryFile(setting));
      writeFileSync(await remember(setting, { runId: 'r_x' }), text);
    },
    [linked]: async () => {
      const file = await remember(setting, { runId: 'r_x' });
      rmSync(file);
      symlinkSync('/dev/zero', file);
    },
    'a folder': async () => {
      const file = await remember(setting, { runId: 'r_x' });
      rmSync(file);
      mkdirSync(file);
    },
  };
  for (const [what, plant] of Object.entries(planted)) {
    const add = what === linked ? itOnPosix : it;
    add(`starts the run once, and says so, where the file of an earlier try is ${what}`, async () => {
      await plant();
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
      await remember(setting, { runId: 'r_old' }, { inputs });
      assert.equal((await execute()).result, 'Succeeded');
      assert.equal(starts(), 1);
    });
  }
});
