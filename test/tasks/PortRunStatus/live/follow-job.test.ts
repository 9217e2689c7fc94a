import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority } from '../../../../local/certificates.ts';
import { followJob } from '../../../../tasks/PortRunStatus/live/follow-job.ts';
import type { ProgressOrder } from '../../../../tasks/PortRunStatus/live/progress-order.ts';
import type { Clock } from '../../../../tasks/common/clock.ts';
import { CanceledError } from '../../../../tasks/common/errors.ts';
import type { RunId } from '../../../../tasks/common/inputs/run-id.ts';
import { startProxy } from '../../../support/proxy-server.ts';
import { type ScriptedServer, startScriptedServer } from '../../../support/scripted-server.ts';
import { swiftClock } from '../../../support/task-setting.ts';
import { until } from '../../../support/until.ts';
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

  type Look = readonly object[] | (() => readonly object[] | Promise<readonly object[]>) | number;

  interface Followed {
    readonly run?: RunId;
    /** Between two looks, in ms. */
    readonly interval?: number;
    readonly clock?: Clock;
    readonly signal?: AbortSignal;
    readonly more?: Partial<ProgressOrder>;
  }

  /** @param looks at each look the records, what happens then, or a status. After the last the job is over. */
  const followed = async (
    looks: readonly Look[],
    {
      run = { kind: 'action', id: runId },
      interval = 1,
      clock = swiftClock(),
      signal = AbortSignal.timeout(20_000),
      more = {},
    }: Followed = {},
  ) => {
    const aliveFile = join(setting.folder, `alive-${runId}`);
    writeFileSync(aliveFile, '');
    azure = await startScriptedServer(async (_request, index) => {
      const look = looks[index] ?? over;
      if (typeof look === 'number') return { status: look };
      return { status: 200, body: { records: typeof look === 'function' ? await look() : look } };
    });
    const { clientId, clientSecret, url } = setting.port;
    await followJob(
      {
        connection: { clientId, clientSecret, apiUrl: url, appUrl: url },
        runId: run,
        isCanceledWithPort: false,
        aliveFile,
        interval,
        jobConnection: { url: `${azure.url}/`, token: 'token' },
        variables: { 'System.TeamProjectId': 'project', 'Build.BuildId': '42', 'System.JobId': 'job' },
        secrets: ['hunter2'],
        proxy: undefined,
        certificates: {},
        ...more,
      },
      signal,
      clock,
    );
    assert.equal(existsSync(aliveFile), false);
  };

  const follow = async (looks: readonly Look[], options?: Followed) => {
    await followed(looks, options);
    const { status, statusLabel } = setting.portRun(runId);
    const logs = setting.port.store.logsOf(runId).map(({ message }) => message);
    return {
      status,
      label: statusLabel,
      logs,
      calls: setting.newCalls(),
      looks: azure?.lines.length,
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

  it('reads the timeline as the agent has it: through its proxy, with its certificates', async () => {
    const authority = createAuthority();
    const caFile = join(setting.folder, 'ca.pem');
    writeFileSync(caFile, authority.cert);
    const looks = [[job, step('build', running)], over];
    const secure = await startScriptedServer(
      looks.map((records) => ({ status: 200, body: { records } })),
      authority.issue({ hosts: ['azure.test'] }),
    );
    const proxy = await startProxy({ target: secure.port });
    const { label } = await follow([], {
      more: {
        jobConnection: { url: 'https://azure.test/', token: 'token' },
        proxy: { url: proxy.url, username: undefined, password: undefined, bypassList: undefined },
        certificates: { caFile },
      },
    });
    await proxy.close();
    await secure.close();
    assert.equal(label, 'build, 1 of 1');
    assert.deepEqual([...new Set(proxy.asked)], ['azure.test:443']);
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

  const built = step('build', { state: 'completed', result: 'succeeded' });
  const shipping = step('ship', { ...running, order: 2 });

  it('looks again after each interval', async () => {
    const waits: number[] = [];
    const clock = {
      ...swiftClock(),
      sleep: (wait: number) => {
        waits.push(wait);
        return Promise.resolve();
      },
    };
    await follow([[job], [job]], { interval: 5000, clock });
    assert.deepEqual(waits, [5000, 5000, 5000]);
  });

  it('goes on for as long as the job runs, and gives each report the whole time', async () => {
    const days = Array.from({ length: 4 }, (_, day) => [job, step(`day ${day}`, running)]);
    const { label, looks } = await follow(days, { interval: 24 * 3_600_000 });
    assert.deepEqual([label, looks], ['day 3, 1 of 1', 5]);
  });

  it('goes on once Azure DevOps is there again', async () => {
    // More than one read tries.
    const outage = Array.from({ length: 40 }, () => 503);
    const { label, looks } = await follow([...outage, [job, step('build', running)]]);
    assert.deepEqual([label, looks], ['build, 1 of 1', 42]);
  });

  it('sends each line once, also where Port refuses it', async () => {
    const ship = step('ship', { state: 'completed', result: 'succeeded', order: 2 });
    const match = { method: 'POST', path: /logs$/, body: /build/ };
    const refused = setting.port.faults.add({ match, fault: { kind: 'status', status: 413 } });
    const { logs, calls } = await follow([
      [job, built, shipping],
      [job, built, ship],
      [job, step('test', running)],
    ]);
    refused.remove();
    assert.deepEqual(logs, ['✓ ship']);
    assert.equal(calls.filter((call) => call.startsWith('POST ')).length, 2);
  });

  it('sends what an outage of Port has kept back, in its order, when Port is there again', async () => {
    const match = { method: 'POST', path: /logs$/ };
    const away = setting.port.faults.add({ match, fault: { kind: 'status', status: 503 } });
    const { label, logs } = await follow([
      [job, built, shipping],
      () => {
        away.remove();
        return [job, built, step('ship', { state: 'completed', result: 'succeeded', order: 2 })];
      },
    ]);
    assert.deepEqual([label, logs], ['ship, 2 of 2', ['✓ build\n✓ ship']]);
  });

  it('sends a label again that an outage of Port has kept back', async () => {
    const away = setting.port.faults.add({ match: { method: 'PATCH' }, fault: { kind: 'html' } });
    const same = [job, step('build', running)];
    const { label } = await follow([
      same,
      () => {
        away.remove();
        return same;
      },
    ]);
    assert.equal(label, 'build, 1 of 1');
  });

  it('ends where Port refuses its credentials', async () => {
    const fault = setting.port.faults.add({ fault: { kind: 'status', status: 403 } });
    const { looks } = await follow([[job, built], [job]]);
    fault.remove();
    assert.equal(looks, 1);
  });

  it('ends at once where it is stopped', async () => {
    const stop = new AbortController();
    const match = { method: 'PATCH' };
    setting.port.faults.add({ match, times: 1, fault: { kind: 'silence' } });
    const unstopped = () => setting.port.requests.filter(({ method }) => method === 'PATCH').length;
    const before = unstopped();
    const ended = followed([[job, step('build', running)]], { signal: stop.signal });
    await until('it reports', () => unstopped() > before);
    stop.abort();
    await assert.rejects(ended, CanceledError);
    assert.equal(azure?.lines.length, 1);
    assert.equal(azure.openSockets, 0);
  });

  describe("of a workflow node's run", () => {
    const node = (): RunId => ({ kind: 'workflowNode', id: setting.port.startNodeRun().identifier });
    const held = ({ id }: RunId) => setting.port.store.nodeRun(id);
    afterEach(() => {
      setting.port.quirks.hasNodeLabels = true;
    });

    it('leaves the output as a later step has set it', async () => {
      const run = node();
      await setting.run({ runId: run.id, status: 'inProgress', output: 'from: start' });
      await followed(
        [
          [job, step('build', running)],
          async () => {
            await setting.run({ runId: run.id, status: 'inProgress', output: 'from: a later step' });
            return [job, built, shipping];
          },
        ],
        { run },
      );
      const { statusLabel, output } = held(run);
      assert.deepEqual([statusLabel, output], ['ship, 2 of 2', { from: 'a later step' }]);
    });

    it('is asked for nothing where no step runs and none has ended', async () => {
      const run = node();
      setting.newCalls();
      const same = [job, step('build', running)];
      await followed([[job], same, [job], same], { run });
      assert.deepEqual(setting.newCalls(), [`PATCH /v1/workflows/nodes/runs/${run.id}`]);
    });

    it('asks a Port that takes no label once, and shows each as a line of the log', async () => {
      setting.port.quirks.hasNodeLabels = false;
      const run = node();
      setting.newCalls();
      await followed(
        [
          [job, step('build', running)],
          [job, built, shipping],
        ],
        { run },
      );
      const messages = held(run).logs.map(({ message }) => message);
      assert.deepEqual(messages, ['build, 1 of 1', '✓ build', 'ship, 2 of 2']);
      const path = `/v1/workflows/nodes/runs/${run.id}`;
      assert.deepEqual(setting.newCalls(), [
        ...[`PATCH ${path}`, `PATCH ${path}`, `POST ${path}/logs`],
        ...[`POST ${path}/logs`, `POST ${path}/logs`, `PATCH ${path}`],
      ]);
    });
  });
});
