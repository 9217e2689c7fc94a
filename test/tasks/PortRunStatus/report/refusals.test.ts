import assert from 'node:assert/strict';
import { run } from '../../../../tasks/PortRunStatus/run.ts';
import { FakeHost, runTask } from '../../../support/fake-host.ts';
import type { Reply } from '../../../support/scripted-server.ts';
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

const details = {
  links: { key: 'link', value: ['https://example.com/1'] },
  summary: { key: 'summary', value: '# Report' },
  'external run id': { key: 'externalRunId', value: 'ado_1' },
  label: { key: 'statusLabel', value: 'Done' },
} as const;

const refusals: Readonly<Record<string, Reply>> = {
  '422': refused,
  '400': { status: 400, body: { ok: false, error: 'bad_request', message: 'no' } },
  '413': { status: 413, body: '<h1>too large</h1>' },
};

describe('A report of which Port refuses a part', () => {
  for (const [name, { key }] of Object.entries(details)) {
    for (const [status, reply] of Object.entries(refusals)) {
      it(`ends the run without the ${name} that gets ${status}, and tells that once`, async () => {
        const { port, host, result, message } = await reportTo((method, body) =>
          method === 'PATCH' && key in body ? reply : undefined,
        );
        assert.equal(result, 'Succeeded', message);
        assert.equal(port.run.status, 'SUCCESS');
        for (const other of Object.values(details))
          assert.deepEqual(port.run[other.key], other.key === key ? undefined : other.value);
        assert.deepEqual(port.logs, ['hello']);
        assert.equal(host.warnings.length, 1);
        assert.match(host.warnings[0] ?? '', new RegExp(`^Port refused the ${name}.*-> ${status}`));
        // What is told is what Port holds.
        assert.match(message, key === 'statusLabel' ? /is SUCCESS: http/ : /is SUCCESS "Done": http/);
      });
    }
  }

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
});

describe('A report whose log does not arrive', () => {
  const troubles: Readonly<Record<string, Reply>> = {
    '401': { status: 401 },
    '403': { status: 403 },
    '404': { status: 404 },
    '413': { status: 413 },
    '422': refused,
    '429': { status: 429 },
    '500': { status: 500 },
    '503': { status: 503 },
    'no answer': 'silence',
    'a reset connection': 'reset',
    'half an answer': 'cut',
    'a page': { status: 200, body: '<html>' },
  };
  for (const [name, reply] of Object.entries(troubles)) {
    for (const [form, inputs] of [
      ['by one update', {}],
      ['by the log alone', { link: '', summary: '', externalRunId: '' }],
    ] as const) {
      it(`ends the run ${form}, where the log gets ${name}, and warns once`, async function () {
        this.timeout(8000);
        const { port, host, result, message } = await reportTo(
          (method) => (method === 'POST' ? reply : undefined),
          { timeoutSeconds: name === 'no answer' ? '2' : '60', ...inputs },
        );
        assert.deepEqual([result, port.run.status], ['Succeeded', 'SUCCESS'], message);
        assert.equal(port.run.statusLabel, 'Done');
        assert.equal(host.warnings.length, 1, host.warnings.join('\n'));
        assert.match(host.warnings[0] ?? '', /^(?:Port refused the log lines|The log lines may not have)/);
      });
    }
  }

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

  it('completes the run without the links, and tells that once', async () => {
    const { port, host, message } = await reportTo(
      (method, body) => (method === 'PATCH' && 'links' in body ? refused : undefined),
      node,
    );
    assert.deepEqual([port.run.status, port.run.result], ['COMPLETED', 'SUCCESS'], message);
    assert.equal(port.run.externalRunId, 'ado_1');
    assert.equal(host.warnings.length, 1);
    assert.match(host.warnings[0] ?? '', /^Port refused the links/);
  });

  it('completes the run without the external run id', async () => {
    const { port, host } = await reportTo(
      (method, body) => (method === 'PATCH' && 'externalRunId' in body ? refused : undefined),
      node,
    );
    assert.deepEqual([port.run.result, port.run.links], ['SUCCESS', ['https://example.com/1']]);
    assert.match(host.warnings.join(), /^Port refused the external run id/);
  });

  it('completes the run without its log', async () => {
    const { port, host } = await reportTo(
      (method) => (method === 'POST' ? { status: 503 } : undefined),
      node,
    );
    assert.equal(port.run.result, 'SUCCESS');
    assert.equal(host.warnings.length, 1);
    assert.match(host.warnings.join(), /^The log lines may not have reached Port/);
  });

  it('says in the words of Port that a run was not changed', async () => {
    const { host, result, message } = await reportTo(
      (method) => (method === 'PATCH' ? refused : undefined),
      node,
    );
    assert.equal(result, 'Succeeded');
    assert.match(message, /was not changed/);
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
