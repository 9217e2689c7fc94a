import assert from 'node:assert/strict';
import { run } from '../../../../tasks/PortRunStatus/run.ts';
import { FakeHost, runTask } from '../../../support/fake-host.ts';
import { swiftClock } from '../../../support/task-setting.ts';
import { type PickyPort, refused, startPickyPort } from '../picky-port.ts';

/** Runs the main step against a Port that refuses; what it holds then, and what the step showed. */
async function reportTo(
  replyTo: Parameters<typeof startPickyPort>[0],
  inputs: Readonly<Record<string, string>> = {},
  held: Record<string, unknown> = {},
  variables: Readonly<Record<string, string>> = {},
): Promise<{ port: PickyPort; host: FakeHost; result: string; message: string }> {
  const port = await startPickyPort(replyTo, held);
  const host = new FakeHost({
    inputs: {
      ...{ baseUrl: port.url, clientId: 'id', clientSecret: 'secret-of-the-client' },
      ...{ runId: 'r_abc123def456ghi7', status: 'success', statusLabel: 'Done', summaryTab: 'false' },
      ...{ link: 'https://example.com/1', summary: '# Report', logMessage: 'hello', externalRunId: 'ado_1' },
      ...inputs,
    },
    // A step before this one may have given the run links.
    variables: { PORT_RUN_ID: 'r_abc123def456ghi7', ...variables },
  });
  try {
    const { result, message } = await runTask(run, host, { clock: swiftClock() });
    return { port, host, result, message };
  } finally {
    await port.close();
  }
}

describe('A report of which Port refuses a part', () => {
  it('ends the run when everything but the status is refused', async () => {
    const { port, host, result } = await reportTo((method, body) =>
      method !== 'GET' && Object.keys(body).join() !== 'status' ? refused : undefined,
    );
    assert.deepEqual([result, port.run.status, port.run.statusLabel], ['Succeeded', 'SUCCESS', undefined]);
    assert.equal(host.warnings.length, 5);
  });

  it('fails in the words of Port where the status itself is refused', async () => {
    const { port, result, message } = await reportTo((method, body) =>
      method === 'PATCH' && 'status' in body ? refused : undefined,
    );
    assert.equal(result, 'Failed');
    assert.match(message, /Port says "that is not how it should be"/);
    assert.equal(port.run.status, 'IN_PROGRESS');
  });

  it('shows at the start what Port takes', async () => {
    const { port, host } = await reportTo(
      (method, body) => (method === 'PATCH' && 'link' in body ? refused : undefined),
      { status: 'track', summary: '' },
    );
    assert.equal(port.run.statusLabel, 'Done');
    assert.equal(port.run.externalRunId, 'ado_1');
    assert.equal(host.warnings.length, 1);
    assert.equal(host.taskVariables.PORT_TRACK_SETTLED, 'externalRunId log links');
  });

  it('fails where nothing of it arrives, and leaves all of it to the end', async () => {
    const { host, result, message } = await reportTo((method) => (method === 'GET' ? undefined : refused), {
      status: 'track',
    });
    assert.deepEqual([result, host.warnings], ['Failed', []]);
    assert.match(message, /Port says "that is not how it should be"/);
    assert.equal(host.taskVariables.PORT_TRACK_SETTLED, undefined);
  });
});

describe('A report that its last log entry could end', () => {
  it('sends the lines without the end where Port refuses only the end with them', async () => {
    const { port, host } = await reportTo(
      (_method, body) => ('terminationStatus' in body ? refused : undefined),
      { link: '', summary: '', externalRunId: '' },
    );
    assert.deepEqual([port.run.status, port.run.statusLabel], ['SUCCESS', 'Done']);
    assert.deepEqual(port.logs, ['hello']);
    assert.deepEqual(host.warnings, []);
  });
});

describe("A workflow node's report of which Port refuses a part", () => {
  const node = { runId: 'wfnr_abc123def456ghi7', statusLabel: '', summary: '' };

  it('says in the words of Port that a run was not changed', async () => {
    const { host, result, message } = await reportTo(
      (method) => (method === 'PATCH' ? refused : undefined),
      node,
    );
    assert.equal(result, 'Succeeded');
    assert.match(message, /was not changed/);
    assert.deepEqual([host.outputs.reportedStatus, host.variables.PORT_RUN_ENDED], ['', undefined]);
    assert.equal(host.warnings.length, 1);
    assert.match(host.warnings[0] ?? '', /may be finished already.*that is not how it should be/s);
  });
});

describe('A run that Port ends by itself', () => {
  const synchronized = { payload: { synchronized: true } };

  it('is named synchronized, with what to set, where it was over before the first step', async () => {
    const { host, result, message } = await reportTo(
      () => undefined,
      { status: 'track' },
      {
        ...synchronized,
        status: 'SUCCESS',
        statusLabel: null,
      },
    );
    assert.equal(result, 'Succeeded');
    assert.match(message, /is SUCCESS: http/);
    assert.equal(host.warnings.length, 1);
    assert.match(host.warnings[0] ?? '', /is synchronized.*Port shows SUCCESS,.*"synchronized": false/s);
  });

  it('keeps label, links and log of a report, but not its end', async () => {
    const { port, host, message } = await reportTo(
      (_method, body) => ('status' in body || 'terminationStatus' in body ? refused : undefined),
      {},
      synchronized,
    );
    assert.deepEqual([port.run.status, port.run.statusLabel], ['IN_PROGRESS', 'Done']);
    assert.deepEqual(port.logs, ['hello']);
    assert.equal(host.warnings.length, 1);
    assert.match(host.warnings[0] ?? '', /is synchronized.*so SUCCESS was not reported/s);
    assert.match(message, /is IN_PROGRESS "Done"/);
    assert.equal(host.variables.PORT_RUN_ENDED, undefined);
  });
});

describe('A run that is finished already', () => {
  const over = { status: 'FAILURE', statusLabel: 'by hand' };

  it('is a note where the result is the same', async () => {
    const { host, result } = await reportTo(() => undefined, { status: 'failure' }, over);
    assert.equal(result, 'Succeeded');
    assert.deepEqual(host.warnings, []);
    assert.match(host.lines.join('\n'), /finished already, as FAILURE \("by hand"\): that is what/);
  });

  it('is a warning that names both where it is another, and what is told is what Port holds', async () => {
    const { host, result, message } = await reportTo(() => undefined, {}, over);
    assert.equal(result, 'Succeeded');
    assert.match(host.warnings.join(), /as FAILURE \("by hand"\); this step would have reported SUCCESS/);
    assert.match(message, /is FAILURE "by hand"/);
  });

  it('is a warning at the start, with what may have ended it', async () => {
    const { host } = await reportTo(() => undefined, { status: 'track' }, over);
    assert.match(host.warnings.join(), /another pipeline on the same webhook/);
  });
});

describe('The links of a report', () => {
  it('are added to those that the run has', async () => {
    const { port } = await reportTo(() => undefined, {}, { link: 'https://example.com/0' });
    assert.deepEqual(port.run.link, ['https://example.com/0', 'https://example.com/1']);
  });

  it('are left out, and told, where the run cannot be read: they would replace its own', async () => {
    const { port, host } = await reportTo(
      (method) => (method === 'GET' ? { status: 500 } : undefined),
      {},
      { link: ['https://example.com/0'] },
    );
    assert.deepEqual([port.run.status, port.run.link], ['SUCCESS', ['https://example.com/0']]);
    assert.match(host.warnings.join(), /^The links were left out/);
  });
});
