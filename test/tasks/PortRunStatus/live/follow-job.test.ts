import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { followJob } from '../../../../tasks/PortRunStatus/live/follow-job.ts';
import { type ScriptedServer, startScriptedServer } from '../../../support/scripted-server.ts';
import { type ReportSetting, startReportSetting } from '../setting.ts';

describe('Live progress of a job', () => {
  let setting: ReportSetting;
  let azure: ScriptedServer | undefined;
  let runId: string;
  before(async () => {
    setting = await startReportSetting();
  });
  after(() => setting.close());
  beforeEach(async () => {
    runId = await setting.startRun();
    setting.newCalls();
  });
  afterEach(() => azure?.close());

  const job = { id: 'job', type: 'Job', name: 'Deploy', identifier: 'deploy', state: 'inProgress' };
  const step = (name: string, more: object) => ({
    ...{ id: name, parentId: 'job', type: 'Task', name, task: { name: 'Bash' }, order: 1 },
    ...more,
  });
  const running = { state: 'inProgress' };
  const over = [{ ...job, state: 'completed', result: 'succeeded' }];

  /** @param looks at each look the records, what happens then, or a status. After the last the job is over. */
  const follow = async (looks: readonly (readonly object[] | (() => readonly object[]) | number)[]) => {
    const aliveFile = join(setting.folder, `alive-${runId}`);
    writeFileSync(aliveFile, '');
    azure = await startScriptedServer((_request, index) => {
      const look = looks[index] ?? over;
      if (typeof look === 'number') return { status: look };
      return { status: 200, body: { records: typeof look === 'function' ? look() : look } };
    });
    const { clientId, clientSecret, url } = setting.port;
    await followJob(
      {
        connection: { clientId, clientSecret, apiUrl: url, appUrl: url },
        runId: { kind: 'action', id: runId },
        output: undefined,
        isCanceledWithPort: false,
        aliveFile,
        interval: 1,
        jobConnection: { url: `${azure.url}/`, token: 'token' },
        variables: { 'System.TeamProjectId': 'project', 'Build.BuildId': '42', 'System.JobId': 'job' },
        secrets: ['hunter2'],
        proxy: undefined,
        certificates: {},
      },
      new AbortController().signal,
    );
    assert.equal(existsSync(aliveFile), false);
    const { status, statusLabel } = setting.portRun(runId);
    const logs = setting.port.store.logsOf(runId).map(({ message }) => message);
    return {
      status,
      label: statusLabel,
      logs,
      calls: setting.newCalls(),
      looks: azure.lines.length,
      aliveFile,
    };
  };

  it('shows each step that runs and each that ended, and leaves the run open', async () => {
    const { status, label, logs, looks } = await follow([
      [job, step('build', running)],
      [
        job,
        step('build', { state: 'completed', result: 'succeeded' }),
        step('ship', { ...running, order: 2 }),
      ],
    ]);
    assert.deepEqual([status, label, logs, looks], ['IN_PROGRESS', 'ship, 2 of 2', ['✓ build'], 3]);
  });

  it('sends nothing where nothing has changed', async () => {
    const same = [job, step('build', running)];
    const { calls } = await follow([[job], same, same, same]);
    assert.deepEqual(calls, [`PATCH /v1/actions/runs/${runId}`]);
  });

  it('sends no secret that a step has in its name', async () => {
    const { label, logs } = await follow([
      [job, step('use hunter2', running)],
      [job, step('use hunter2', { state: 'completed', result: 'failed' })],
    ]);
    assert.deepEqual([label, logs], ['use ***, 1 of 1', ['✗ use ***: failed']]);
  });

  it('ends where the run has ended', async () => {
    await setting.run({ runId, status: 'success' });
    const { looks, status } = await follow([
      [job, step('build', running)],
      [job, step('ship', running)],
    ]);
    assert.deepEqual([looks, status], [1, 'SUCCESS']);
  });

  it('sends nothing more once the file that keeps it alive is gone', async () => {
    const { calls, looks } = await follow([
      () => {
        rmSync(join(setting.folder, `alive-${runId}`));
        return [job, step('build', running)];
      },
    ]);
    assert.deepEqual([calls, looks], [[], 1]);
  });

  it('ends where Azure DevOps does not let it read', async () => {
    const { calls, looks } = await follow([401, [job, step('build', running)]]);
    assert.deepEqual([calls, looks], [[], 1]);
  });
});
