import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeCancelNote } from '../../../../tasks/PortRunStatus/live/cancel-note.ts';
import { followJob } from '../../../../tasks/PortRunStatus/live/follow-job.ts';
import type { Clock } from '../../../../tasks/common/clock.ts';
import type { RunId } from '../../../../tasks/common/inputs/run-id.ts';
import { type Reply, startScriptedServer } from '../../../support/scripted-server.ts';
import { swiftClock } from '../../../support/task-setting.ts';
import { type ReportSetting, startReportSetting } from '../setting.ts';

const job = { id: 'job', type: 'Job', name: 'Deploy', identifier: 'deploy', state: 'inProgress' };
const other = { id: 'other', type: 'Job', name: 'Test', identifier: 'test', state: 'inProgress' };
const running = { state: 'inProgress' };
const done = { state: 'completed', result: 'succeeded' };
const step = (id: string, more: object) => ({
  ...{ id, parentId: 'job', type: 'Task', name: id, refName: id, task: { name: 'Bash' }, order: 1 },
  ...more,
});
const over = [{ ...job, ...done }];
const report = (id: string, more: object) => step(id, { task: { name: 'PortRunStatus' }, ...more });
/** The step that follows the job. */
const own = report('own', done);

describe('A pipeline run whose Port run is ended in Port while its job runs', () => {
  let setting: ReportSetting;
  before(async () => {
    setting = await startReportSetting();
  });
  after(() => setting.close());

  const endByHand = async (
    runId: string,
    body: object = { status: 'FAILURE', statusLabel: 'stop it' },
  ): Promise<void> => {
    await setting.user.call('PATCH', `/v1/actions/runs/${runId}`, body);
  };

  interface Play {
    /** What the timeline holds at each read; the last one stays. */
    readonly looks: readonly (readonly object[])[];
    /** Before the timeline is answered for the time of this index. */
    readonly happens?: (index: number) => void | Promise<void>;
    readonly cancelReply?: Reply;
    /** The status in place of the timeline at the read of this index, if any. */
    readonly failing?: (index: number) => number | undefined;
    /** Between two reads, in ms. */
    readonly interval?: number;
    readonly clock?: Clock;
  }

  const aliveFileOf = (runId: RunId) => join(setting.folder, `alive-${runId.id}`);

  const follow = async (
    runId: RunId,
    { looks, happens, cancelReply, failing = () => undefined, interval = 1, clock = swiftClock() }: Play,
  ) => {
    const aliveFile = aliveFileOf(runId);
    writeFileSync(aliveFile, '');
    let reads = 0;
    const cancels: string[] = [];
    const azure = await startScriptedServer(async ({ method, path, body }) => {
      if (method === 'PATCH') {
        cancels.push(`${path} ${body}`);
        return cancelReply ?? { status: 200, body: { id: 42, status: 'cancelling' } };
      }
      const index = reads++;
      await happens?.(index);
      const status = failing(index);
      if (status !== undefined) return { status };
      return { status: 200, body: { records: looks[Math.min(index, looks.length - 1)] } };
    });
    const { clientId, clientSecret, url } = setting.port;
    try {
      await followJob(
        {
          connection: { clientId, clientSecret, apiUrl: url, appUrl: url },
          runId,
          isCanceledWithPort: true,
          aliveFile,
          interval,
          jobConnection: { url: `${azure.url}/`, token: 'token' },
          variables: {
            ...{ 'System.TeamProjectId': 'project', 'Build.BuildId': '42' },
            ...{ 'System.JobId': 'job', 'System.TaskInstanceId': 'own' },
          },
          ...{ secrets: [], proxy: undefined, certificates: {} },
        },
        AbortSignal.timeout(20_000),
        clock,
      );
    } finally {
      await azure.close();
    }
    assert.equal(existsSync(aliveFile), false);
    return { cancels, note: takeCancelNote(aliveFile), again: takeCancelNote(aliveFile) };
  };

  const action = async (): Promise<RunId> => ({ kind: 'action', id: await setting.startRun() });
  const build = step('build', running);

  it('is canceled, once, and the post-job step can say who ended it', async () => {
    const runId = await action();
    const { cancels, note, again } = await follow(runId, {
      looks: [[job, own, build]],
      happens: (index) => (index === 2 ? endByHand(runId.id) : undefined),
    });
    assert.deepEqual(cancels, ['/project/_apis/build/builds/42?api-version=5.0 {"status":"cancelling"}']);
    assert.equal(
      note,
      `Port run ${runId.id} was ended in Port as FAILURE "stop it" by ${setting.portRun(runId.id).updatedBy}, so this pipeline run was canceled (cancelWithPort).`,
    );
    assert.equal(again, undefined);
  });

  it('is canceled for a success in Port too: nothing is left to do', async () => {
    const runId = await action();
    const { cancels } = await follow(runId, {
      looks: [[job, own]],
      happens: (index) => (index === 1 ? endByHand(runId.id, { status: 'SUCCESS' }) : undefined),
    });
    assert.equal(cancels.length, 1);
  });

  it('goes on where a step of its own job has ended the run', async () => {
    const runId = await action();
    const { cancels, note } = await follow(runId, {
      looks: [
        [job, own, build],
        [job, own, report('end', running)],
        [job, own, report('end', done), build],
      ],
      happens: (index) => (index === 1 ? endByHand(runId.id, { status: 'SUCCESS' }) : undefined),
    });
    assert.deepEqual([cancels, note], [[], undefined]);
  });

  it('goes on where a step of its own job began to report after the timeline was read', async () => {
    const runId = await action();
    const { cancels } = await follow(runId, {
      looks: [
        [job, own, build],
        [job, own, build],
        [job, own, report('end', done)],
      ],
      happens: (index) => (index === 1 ? endByHand(runId.id, { status: 'SUCCESS' }) : undefined),
    });
    assert.deepEqual(cancels, []);
  });

  it('is given time to tell the timeline that a step has begun, before it is looked for', async () => {
    const runId = await action();
    const times: number[] = [];
    const clock = swiftClock();
    await follow(runId, {
      looks: [[job, own, build]],
      happens: async (index) => {
        if (index === 1) await endByHand(runId.id);
        times[index] = clock.elapsed();
      },
      interval: 5000,
      clock,
    });
    const [, ended = 0, judged = 0] = times;
    assert.ok(judged - ended >= 5000, `${judged - ended} ms`);
  });

  it('goes on where the post-job part of a step in another job has ended the run', async () => {
    const runId = await action();
    const elsewhere = report('track', { parentId: 'other', ...done });
    const post = step('post', { parentId: 'other', refName: 'track', task: null, ...running });
    const { cancels } = await follow(runId, {
      looks: [
        [job, own, build, other, elsewhere],
        [job, own, build, other, elsewhere, post],
      ],
      happens: (index) => (index === 1 ? endByHand(runId.id, { status: 'SUCCESS' }) : undefined),
    });
    assert.deepEqual(cancels, []);
  });

  it('is canceled where other steps have reported before, and the run was open after them', async () => {
    const runId = await action();
    const earlier = [report('start', done), report('track', { parentId: 'other', ...done })];
    const { cancels } = await follow(runId, {
      looks: [[job, own, build, other, ...earlier]],
      happens: (index) => (index === 1 ? endByHand(runId.id) : undefined),
    });
    assert.equal(cancels.length, 1);
  });

  it('is left alone where its job has ended by itself meanwhile', async () => {
    const runId = await action();
    const { cancels } = await follow(runId, {
      looks: [
        [job, own],
        [job, own],
        [{ ...job, ...done }, own],
      ],
      happens: (index) => (index === 1 ? endByHand(runId.id) : undefined),
    });
    assert.deepEqual(cancels, []);
  });

  it('goes on without the permission, which the post-job step names', async () => {
    const runId = await action();
    const { cancels, note } = await follow(runId, {
      looks: [[job, own]],
      happens: (index) => (index === 1 ? endByHand(runId.id) : undefined),
      cancelReply: { status: 403 },
    });
    assert.equal(cancels.length, 1);
    assert.match(note ?? '', /was not canceled .*answered 403.*permission Stop builds/);
  });

  it('is not canceled for an outage of Port, and is for the end that comes after it', async () => {
    const runId = await action();
    const { cancels } = await follow(runId, {
      looks: [[job, own]],
      happens: async (index) => {
        if (index === 1)
          setting.port.faults.add({ match: { method: 'GET' }, times: 1, fault: { kind: 'html' } });
        if (index === 3) await endByHand(runId.id);
      },
    });
    assert.equal(cancels.length, 1);
  });

  it('is not watched where Port ends the run by itself, and the post-job step says why', async () => {
    const runId = await action();
    Object.assign(setting.portRun(runId.id), { payload: { synchronized: true } });
    const { cancels, note } = await follow(runId, { looks: [[job, own], [job, own], over] });
    assert.deepEqual(cancels, []);
    assert.match(note ?? '', /is synchronized: Port ends it by itself\. So cancelWithPort had no effect\.$/);
  });

  it('is not canceled for a status of which nobody knows that it is an end', async () => {
    const runId = await action();
    const { cancels } = await follow(runId, {
      looks: [[job, own], [job, own], [job, own], over],
      happens: (index) => {
        if (index === 1) Object.assign(setting.portRun(runId.id), { status: 'PAUSED' });
      },
    });
    assert.deepEqual(cancels, []);
  });

  it('goes on where the timeline may not be read any more, and the post-job step says so', async () => {
    const before = await action();
    const lost = await follow(before, {
      looks: [[job, own]],
      failing: (index) => (index === 1 ? 401 : undefined),
    });
    assert.match(lost.note ?? '', /^This pipeline run cannot be watched any more: .*401.* So cancelWithPort/);
    const after = await action();
    const { cancels, note } = await follow(after, {
      looks: [[job, own]],
      happens: (index) => (index === 1 ? endByHand(after.id) : undefined),
      failing: (index) => (index === 2 ? 401 : undefined),
    });
    assert.deepEqual(cancels, []);
    assert.match(note ?? '', /was ended in Port as FAILURE .*, but this pipeline run was not canceled .*401/);
  });

  it('goes on without a word where its job has ended while it was judged', async () => {
    const runId = await action();
    const { cancels, note } = await follow(runId, {
      looks: [[job, own]],
      happens: async (index) => {
        if (index === 1) await endByHand(runId.id);
        if (index === 2) rmSync(aliveFileOf(runId));
      },
    });
    assert.deepEqual([cancels, note], [[], undefined]);
  });

  it('is canceled at a later look where Azure DevOps is away for the first that could tell', async () => {
    const runId = await action();
    const clock = swiftClock();
    let ended = 0;
    const { cancels } = await follow(runId, {
      looks: [[job, own]],
      happens: async (index) => {
        if (index !== 1) return;
        await endByHand(runId.id);
        ended = clock.elapsed();
      },
      // Longer than a read is tried.
      failing: (index) => (index > 1 && clock.elapsed() - ended < 31_000 ? 503 : undefined),
      clock,
    });
    assert.equal(cancels.length, 1);
  });

  it('is looked at once where it cannot be watched, and no more after its end', async () => {
    const runId = await action();
    const looks = Array.from({ length: 5 }, (_, index) => [job, step(`step ${index}`, running)]);
    Object.assign(setting.portRun(runId.id), { payload: { synchronized: true } });
    setting.newCalls();
    let reads = 0;
    await follow(runId, {
      looks,
      happens: (index) => {
        reads = index + 1;
        if (index !== 3) return;
        Object.assign(setting.portRun(runId.id), { status: 'SUCCESS', endedAt: new Date().toISOString() });
      },
    });
    const run = `/v1/actions/runs/${runId.id}`;
    const calls = setting.newCalls();
    assert.deepEqual(calls.slice(0, 4), [`PATCH ${run}`, `GET ${run}`, `PATCH ${run}`, `PATCH ${run}`]);
    assert.equal(reads, 4);
  });

  it('is canceled although the report of the progress has used up its time', async () => {
    const runId = await action();
    const away = setting.port.faults.add({
      match: { method: 'PATCH' },
      fault: { kind: 'status', status: 503 },
    });
    const { cancels } = await follow(runId, {
      looks: [[job, own, build]],
      happens: async (index) => {
        if (index !== 2) return;
        away.remove();
        await endByHand(runId.id);
      },
    });
    assert.equal(cancels.length, 1);
  });

  it('is watched for days, and the post-job step says so where Azure DevOps is away for one', async () => {
    const runId = await action();
    const { cancels, note } = await follow(runId, {
      looks: [[job, own]],
      failing: (index) => (index > 3 ? 503 : undefined),
      interval: 13 * 3_600_000,
    });
    assert.deepEqual(cancels, []);
    assert.match(
      note ?? '',
      /^This pipeline run cannot be watched any more: .*503.*\. So cancelWithPort had no effect\.$/,
    );
  });

  it('is canceled although Port refuses the log lines of the progress', async () => {
    const runId = await action();
    const match = { method: 'POST', path: /logs$/ };
    setting.port.faults.add({ match, fault: { kind: 'status', status: 403 } });
    const { cancels } = await follow(runId, {
      looks: [[job, own, step('build', done)]],
      happens: (index) => (index === 2 ? endByHand(runId.id) : undefined),
    });
    setting.port.faults.clear();
    assert.equal(cancels.length, 1);
  });

  it('is canceled although Port refuses all of the progress, which is tried once', async () => {
    const runId = await action();
    setting.newCalls();
    const refused = setting.port.faults.add({
      match: { method: 'PATCH' },
      fault: { kind: 'status', status: 403 },
    });
    const { cancels } = await follow(runId, {
      looks: [0, 1, 2, 3, 4].map((index) => [job, step(`step ${index}`, running)]),
      happens: async (index) => {
        if (index !== 3) return;
        refused.remove();
        await endByHand(runId.id);
      },
    });
    assert.equal(cancels.length, 1);
    const updates = setting.newCalls().filter((call) => call.startsWith('PATCH '));
    assert.equal(updates.length, 1);
  });

  it('is canceled where the step that follows it shows as running still', async () => {
    const runId = await action();
    const { cancels } = await follow(runId, {
      looks: [[job, report('own', running)]],
      happens: (index) => (index === 1 ? endByHand(runId.id) : undefined),
    });
    assert.equal(cancels.length, 1);
  });

  it('is left alone by a development build, too, where a step of its own has ended the run', async () => {
    const runId = await action();
    const { cancels } = await follow(runId, {
      looks: [
        [job, own],
        [job, own, step('end', { task: { name: 'PortRunStatusDev' }, ...running })],
      ],
      happens: (index) => (index === 1 ? endByHand(runId.id, { status: 'SUCCESS' }) : undefined),
    });
    assert.deepEqual(cancels, []);
  });

  describe('of a workflow', () => {
    const node = (): RunId => ({ kind: 'workflowNode', id: setting.port.startNodeRun().identifier });
    const workflowRunOf = ({ id }: RunId) => setting.port.store.nodeRun(id).workflowRunIdentifier;

    it('is canceled when the workflow run is being cancelled', async () => {
      const runId = node();
      const { cancels, note } = await follow(runId, {
        looks: [[job, own]],
        happens: async (index) => {
          if (index === 2)
            await setting.user.call('POST', `/v1/workflows/runs/${workflowRunOf(runId)}/cancel`);
        },
      });
      assert.equal(cancels.length, 1);
      assert.match(note ?? '', /^The workflow run wfr_\w+ of this node is being cancelled in Port, so/);
    });

    it('is canceled when the node is ended in Port', async () => {
      const runId = node();
      const { cancels, note } = await follow(runId, {
        looks: [[job, own]],
        happens: async (index) => {
          if (index === 1)
            await setting.user.call('PATCH', `/v1/workflows/nodes/runs/${runId.id}`, {
              status: 'COMPLETED',
              result: 'FAILED',
            });
        },
      });
      assert.equal(cancels.length, 1);
      assert.match(note ?? '', /node's run wfnr_\w+ was ended in Port as FAILED, so/);
    });

    it('is found among many, none of which is read twice though Port is slow', async () => {
      const runId = node();
      const newer = Array.from({ length: 5 }, () => workflowRunOf(node()));
      setting.newCalls();
      const path = `/v1/workflows/runs/${newer[1] ?? ''}`;
      const { cancels } = await follow(runId, {
        looks: [[job, own]],
        happens: async (index) => {
          if (index === 0)
            setting.port.faults.add({ match: { method: 'GET', path }, times: 1, fault: { kind: 'html' } });
          if (index === 3)
            await setting.user.call('POST', `/v1/workflows/runs/${workflowRunOf(runId)}/cancel`);
        },
      });
      assert.equal(cancels.length, 1);
      const calls = setting.newCalls();
      for (const other of newer) {
        const reads = calls.filter((call) => call === `GET /v1/workflows/runs/${other}`).length;
        assert.equal(reads, other === newer[1] ? 2 : 1);
      }
    });

    it('is not watched where Port shows no workflow run with its node, and the post-job step says so', async () => {
      const runId = node();
      setting.port.store.workflowRuns.delete(workflowRunOf(runId));
      const { note } = await follow(runId, {
        looks: [[job, own, build], [job, own, step('ship', running)], over],
      });
      assert.equal(setting.port.store.nodeRun(runId.id).statusLabel, 'ship, 2 of 2');
      assert.match(
        note ?? '',
        /Port shows no open workflow run with the node's run wfnr_\w+\. So cancelWithPort/,
      );
    });
  });
});
