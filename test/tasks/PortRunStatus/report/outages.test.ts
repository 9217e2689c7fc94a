import assert from 'node:assert/strict';
import { run } from '../../../../tasks/PortRunStatus/run.ts';
import { FakeHost, runTask } from '../../../support/fake-host.ts';
import type { Reply } from '../../../support/scripted-server.ts';
import { swiftClock } from '../../../support/task-setting.ts';
import { type PickyPort, startPickyPort } from '../picky-port.ts';

type Body = Readonly<Record<string, unknown>>;

/** Runs the main step against a Port with troubles. @param replyTo is told the seconds that the step has waited. */
async function report(
  replyTo: (method: string, body: Body, waited: number, port: PickyPort) => Reply | undefined,
  inputs: Readonly<Record<string, string>> = {},
): Promise<{ port: PickyPort; warnings: readonly string[]; lines: string; result: string; message: string }> {
  let waited = 0;
  const port: PickyPort = await startPickyPort((method, body) => replyTo(method, body, waited, port));
  const host = new FakeHost({
    inputs: {
      ...{ baseUrl: port.url, clientId: 'id', clientSecret: 'secret-of-the-client' },
      ...{ runId: 'r_abc123def456ghi7', status: 'success', statusLabel: 'Done', summaryTab: 'false' },
      ...{ link: 'https://example.com/1', summary: '# Report', externalRunId: 'ado_1' },
      ...inputs,
    },
  });
  try {
    const clock = swiftClock((slept) => void (waited = slept / 1000));
    const { result, message } = await runTask(run, host, { clock });
    return { port, warnings: host.warnings, lines: host.lines.join('\n'), result, message };
  } finally {
    await port.close();
  }
}

const down: Reply = { status: 503 };
const node = { runId: 'wfnr_abc123def456ghi7', statusLabel: '', summary: '' };

describe('An outage of Port', () => {
  it('of 70 s costs a report that has 150 s nothing', async () => {
    const { port, warnings, result } = await report(
      (_method, _body, waited) => (waited < 70 ? down : undefined),
      {
        timeoutSeconds: '150',
        logMessage: '',
      },
    );
    const { status, statusLabel, link, summary, externalRunId } = port.run;
    assert.deepEqual(
      [result, status, statusLabel, link, summary, externalRunId],
      ['Succeeded', 'SUCCESS', 'Done', ['https://example.com/1'], '# Report', 'ado_1'],
    );
    assert.deepEqual(warnings, []);
  });

  it('of 75 s leaves the end of a report that has 150 s', async () => {
    for (const inputs of [{}, { link: '', summary: '', externalRunId: '' }, node]) {
      const { port, result, message } = await report(
        (_method, _body, waited) => (waited < 75 ? down : undefined),
        {
          timeoutSeconds: '150',
          ...inputs,
        },
      );
      assert.equal(result, 'Succeeded', message);
      assert.ok(port.run.status === 'SUCCESS' || port.run.result === 'SUCCESS');
    }
  });

  it('that outlasts the step is told in one message, as that of a call that was given up', async () => {
    const { result, message, warnings } = await report(() => down, { onOutage: 'fail', logMessage: 'hello' });
    assert.deepEqual([result, warnings], ['Failed', []]);
    assert.match(message, /^Cannot update the run: PATCH .*-> 503.*raise timeoutSeconds/);
  });

  for (const [name, inputs] of [
    ['a run', {}],
    ["a workflow node's run", node],
  ] as const) {
    it(`of one 500 to the end of ${name} costs nothing`, async () => {
      const ends = new Set<string>();
      const { port, warnings, result } = await report(
        (method, body) => {
          const end = method === 'PATCH' && 'status' in body ? Object.keys(body).join() : undefined;
          if (end === undefined || ends.has(end)) return undefined;
          ends.add(end);
          return { status: 500 };
        },
        { link: '', ...inputs },
      );
      assert.equal(result, 'Succeeded');
      assert.equal(port.run.status, name === 'a run' ? 'SUCCESS' : 'COMPLETED');
      assert.equal(port.run.externalRunId, 'ado_1');
      assert.deepEqual(warnings, []);
    });
  }
});

describe('An end whose answer was lost', () => {
  const isEnd = (method: string, body: Body) => method === 'PATCH' && 'status' in body;

  it("is known as one's own, with its details, where the run tells it", async () => {
    const { port, warnings, lines, message } = await report((method, body, _waited, { run: held }) => {
      if (!isEnd(method, body)) return undefined;
      if (held.status === 'IN_PROGRESS') Object.assign(held, body);
      return down;
    });
    assert.equal(port.run.status, 'SUCCESS');
    assert.match(message, /is SUCCESS "Done"/);
    assert.deepEqual(warnings, []);
    assert.doesNotMatch(lines, /finished already/);
  });

  it("is known as one's own where a workflow node's run takes no change any more", async () => {
    const { port, warnings, message } = await report((method, body, _waited, { run: held }) => {
      if (!isEnd(method, body) || !('externalRunId' in body)) return undefined;
      Object.assign(held, body);
      return down;
    }, node);
    assert.equal(port.run.result, 'SUCCESS');
    assert.match(message, /is SUCCESS/);
    assert.deepEqual(warnings, []);
  });

  it('is not taken for one of this step where somebody else ended the run', async () => {
    const { lines } = await report((method, body, _waited, { run: held }) => {
      if (!isEnd(method, body)) return undefined;
      Object.assign(held, { status: 'SUCCESS', statusLabel: 'by hand' });
      return down;
    });
    assert.match(lines, /finished already, as SUCCESS \("by hand"\)/);
  });

  it('with a log entry is sent without it, and the entry once', async () => {
    for (const isTaken of [true, false]) {
      const { port, warnings } = await report(
        (_method, body, _waited, { logs }) => {
          if (!('terminationStatus' in body)) return undefined;
          if (isTaken && logs.length === 0) (logs as string[]).push(String(body.message));
          return { status: 500 };
        },
        { link: '', summary: '', externalRunId: '', logMessage: 'hello' },
      );
      assert.deepEqual([port.run.status, port.run.statusLabel, port.logs], ['SUCCESS', 'Done', ['hello']]);
      assert.deepEqual(warnings, []);
    }
  });
});
