import assert from 'node:assert/strict';
import { withPort } from './support.ts';

describe('local Port: workflow node runs', () => {
  const client = withPort();
  const started = () => {
    const nodeRun = client().port.startNodeRun();
    return { nodeRun, path: `/v1/workflows/nodes/runs/${nodeRun.identifier}` };
  };

  it('takes progress, links and an external id, and is found by it', async () => {
    const { nodeRun, path } = started();
    assert.match(nodeRun.identifier, /^wfnr_[A-Za-z0-9]{16}$/);
    const links = ['https://example.com/1'];
    await client().ok(200, 'PATCH', path, { status: 'IN_PROGRESS', externalRunId: 'ado_1_2_3', links });
    const { nodeRuns } = await client().ok(200, 'GET', '/v1/workflows/nodes/runs?external_run_id=ado_1_2_3');
    assert.deepEqual(nodeRuns[0]?.links, links);
  });

  it('knows the words of a workflow, which are not those of an action run', async () => {
    const { nodeRun, path } = started();
    for (const body of [
      { status: 'SUCCESS' },
      { status: 'COMPLETED', result: 'FAILURE' },
      { status: 'COMPLETED' },
      { statusLabel: 'x' },
      { links: ['a', 'b', 'c', 'd'] },
    ])
      await client().refused('422 invalid_request', 'PATCH', path, body);
    await client().ok(200, 'PATCH', path, { status: 'COMPLETED', result: 'CANCELLED' });
    assert.equal(nodeRun.result, 'CANCELLED');
    await client().refused('422 invalid_request', 'PATCH', path, { status: 'COMPLETED', result: 'SUCCESS' });
  });

  it('takes several log lines in a call', async () => {
    const { nodeRun, path } = started();
    const logs = [
      { level: 'INFO', message: 'one' },
      { level: 'ERROR', message: 'two' },
    ];
    await client().ok(200, 'POST', `${path}/logs`, { logs });
    assert.deepEqual(
      nodeRun.logs.map(({ message }) => message),
      ['one', 'two'],
    );
    await client().refused('422 invalid_request', 'POST', `${path}/logs`, {
      logs: [{ level: 'LOUD', message: 'x' }],
    });
    await client().refused('404 not_found', 'PATCH', '/v1/workflows/nodes/runs/wfnr_none', {});
  });
});
