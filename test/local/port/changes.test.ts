import assert from 'node:assert/strict';
import { type PortChange } from '../../../local/port/index.ts';
import { service, startRun, withPort } from './support.ts';

describe('local Port: who watches it', () => {
  const client = withPort();

  it('is told of each change to entities, runs, logs and workflows, until it stops watching', async () => {
    const changes: PortChange[] = [];
    const stop = client().port.onChange((change) => changes.push(change));
    await client().ok(201, 'POST', '/v1/blueprints', service);
    await client().ok(201, 'POST', '/v1/blueprints/service/entities', { identifier: 'checkout' });
    const id = await startRun(client());
    await client().ok(201, 'POST', `/v1/actions/runs/${id}/logs`, { message: 'a line' });
    await client().ok(200, 'PATCH', `/v1/actions/runs/${id}`, { statusLabel: 'Building' });
    const node = client().port.startNodeRun();
    stop();
    await client().ok(200, 'PATCH', `/v1/actions/runs/${id}`, { status: 'SUCCESS' });
    assert.deepEqual(changes, [
      { resource: 'entity', identifier: 'service/checkout' },
      { resource: 'run', identifier: id },
      { resource: 'log', identifier: id },
      { resource: 'run', identifier: id },
      { resource: 'workflowRun', identifier: node.workflowRunIdentifier },
      { resource: 'nodeRun', identifier: node.identifier },
    ]);
  });
});
