import assert from 'node:assert/strict';
import { NetworkError, PortApiError } from '../../../../../tasks/common/errors.ts';
import type { PortCall } from '../../../../../tasks/common/port/client/client.ts';
import { addRunLog, readRunLogs } from '../../../../../tasks/common/port/runs/run-logs.ts';
import {
  type NodeRunChanges,
  addNodeRunLogs,
  updateNodeRun,
} from '../../../../../tasks/common/port/runs/workflow-nodes.ts';
import { fakePort } from '../fake-port.ts';

const refusalOf = (status: number) =>
  new PortApiError({ code: 'PORT_REQUEST', message: 'no', status, portCode: '' });
const entry = (index: number, message = 'line') => ({
  id: String(index),
  message,
  createdAt: '2026-11-22T10:00:00Z',
});
const entries = (count: number, message?: string) =>
  Array.from({ length: count }, (_, index) => entry(index, message));

describe("A run's log", () => {
  const read = async (pages: readonly unknown[], options?: { skipped?: number; atMost?: number }) => {
    const { port, calls } = fakePort((_call, _name, index) => ({ runLogs: pages[index] }));
    const found = [];
    for await (const page of readRunLogs(port, 'r_1', options)) found.push(...page);
    return { found, asked: calls.map(({ call }) => call) };
  };

  it('is read page by page until one is not full', async () => {
    const { found, asked } = await read([entries(50), entries(50), entries(3)]);
    assert.equal(found.length, 103);
    assert.deepEqual(
      asked,
      [0, 50, 100].map((offset) => ({ parameters: { runId: 'r_1' }, query: { limit: 50, offset } })),
    );
  });

  it('is read from an entry on, in pages that may take so long', async () => {
    const { asked } = await read([entries(50), []], { skipped: 7, atMost: 900 });
    assert.deepEqual(
      asked.map(({ query, atMost }) => [query?.offset, atMost]),
      [
        [7, 900],
        [57, 900],
      ],
    );
  });

  it('leaves out what is no entry, and ends where there is no list', async () => {
    const odd = [null, 'x', { ...entry(1), id: 1 }, { ...entry(1), message: null }, { message: 'x' }];
    assert.deepEqual((await read([[...odd, entry(2)]])).found, [entry(2)]);
    assert.deepEqual((await read(['none'])).found, []);
  });

  describe('takes an entry', () => {
    const add = (more: Partial<Parameters<typeof addRunLog>[2]>, held: readonly unknown[] = []) => {
      let left = 10_000;
      const { port, calls } = fakePort(
        (_call, name) => {
          left -= 100;
          return name === 'getRunLogs' ? { runLogs: held } : {};
        },
        () => left,
      );
      const added = addRunLog(port, 'r_1', { message: 'hello', alreadySent: 0, atMost: 1000, ...more });
      return { added, calls };
    };

    it('and may end the run with it', async () => {
      const { added, calls } = add({ end: { terminationStatus: 'SUCCESS', statusLabel: 'done' } });
      await added;
      const [{ name, call } = assert.fail(), ...others] = calls;
      const { findDone, ...sent } = call;
      assert.ok(findDone);
      assert.deepEqual(
        [name, sent],
        [
          'addRunLog',
          {
            parameters: { runId: 'r_1' },
            body: { message: 'hello', terminationStatus: 'SUCCESS', statusLabel: 'done' },
            atMost: 1000,
          },
        ],
      );
      assert.deepEqual(others, []);
    });

    it('not again where it arrived, which the log tells, in the time that is left for it', async () => {
      const { added, calls } = add({ mayBeThere: true }, entries(1, 'hello'));
      await added;
      assert.deepEqual(
        calls.map(({ name, call }) => [name, call.atMost]),
        [['getRunLogs', 1000]],
      );
    });

    it('again where other entries, or the equal ones of before, are all that is there', async () => {
      for (const held of [entries(3, 'other'), entries(2, 'hello')]) {
        const { added, calls } = add({ mayBeThere: true, alreadySent: 2 }, held);
        await added;
        assert.deepEqual(
          calls.map(({ name }) => name),
          ['getRunLogs', 'addRunLog'],
        );
      }
    });

    it('and can say after a lost answer whether it is there', async () => {
      const { added, calls } = add({}, entries(1, 'hello'));
      await added;
      assert.deepEqual(await calls[0]?.call.findDone?.(), {});
      const { added: again, calls: others } = add({ alreadySent: 1 }, entries(1, 'hello'));
      await again;
      assert.equal(await others[0]?.call.findDone?.(), undefined);
      assert.equal(others[1]?.call.atMost, 900);
    });
  });
});

describe("A workflow node's run", () => {
  it('is updated, and gets log lines, within the time that is given', async () => {
    const { port, calls } = fakePort(() => ({}));
    await updateNodeRun(port, 'wfnr_1', { status: 'IN_PROGRESS' });
    await updateNodeRun(port, 'wfnr_1', { externalRunId: 'x' }, { atMost: 700 });
    await addNodeRunLogs(port, 'wfnr_1', [{ level: 'INFO', message: 'hello' }], 800);
    const parameters = { nodeRunId: 'wfnr_1' };
    assert.deepEqual(
      calls.map(({ name, call: { onLost, ...call } }) => [name, onLost !== undefined, call]),
      [
        ['updateNodeRun', true, { parameters, body: { status: 'IN_PROGRESS' } }],
        ['updateNodeRun', true, { parameters, body: { externalRunId: 'x' }, atMost: 700 }],
        [
          'addNodeRunLogs',
          false,
          { parameters, body: { logs: [{ level: 'INFO', message: 'hello' }] }, atMost: 800 },
        ],
      ],
    );
  });

  it('counts as updated where an answer was lost and Port then refuses to change what is finished', async () => {
    const update = (error: Error, lost: boolean, changes: NodeRunChanges = { status: 'COMPLETED' }) => {
      const { port } = fakePort((call: PortCall) => {
        if (lost) call.onLost?.();
        throw error;
      });
      return updateNodeRun(port, 'wfnr_1', changes);
    };
    await update(refusalOf(422), true);
    await update(refusalOf(422), true, { status: 'COMPLETED', result: 'FAILED' });
    await assert.rejects(update(refusalOf(422), false), { status: 422 });
    await assert.rejects(update(refusalOf(403), true), { status: 403 });
    const lost = new NetworkError({ fault: 'reset', mayHaveArrived: true, message: 'reset' });
    await assert.rejects(update(lost, true), lost);
  });

  it('counts as refused where the update held more than a status, which Port may not have liked', async () => {
    const { port } = fakePort((call: PortCall) => {
      call.onLost?.();
      throw refusalOf(422);
    });
    for (const changes of [{ status: 'COMPLETED', statusLabel: 'Done' }, { externalRunId: 'x' }] as const)
      await assert.rejects(updateNodeRun(port, 'wfnr_1', changes), { status: 422 });
  });
});
