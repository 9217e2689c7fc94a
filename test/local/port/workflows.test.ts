import assert from 'node:assert/strict';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { service, withPort } from './support.ts';

const trigger = {
  identifier: 'form',
  config: {
    type: 'SELF_SERVE_TRIGGER',
    userInputs: { properties: { service: { type: 'string' } }, required: ['service'] },
  },
};
const input = {
  identifier: 'ask',
  config: {
    type: 'INPUT',
    userInputs: { properties: {}, buttons: [{ identifier: 'approve' }, { identifier: 'decline' }] },
  },
};
const webhook = (identifier: string, url: string, config: object = {}) => ({
  identifier,
  config: { type: 'WEBHOOK', url, body: { id: '{{ .workflowNodeRun.identifier }}' }, ...config },
});
const connect = (sourceIdentifier: string, targetIdentifier: string, sourceOutletIdentifier?: string) => ({
  ...{ sourceIdentifier, targetIdentifier },
  ...(sourceOutletIdentifier !== undefined && { sourceOutletIdentifier }),
});
/** Nobody listens there. */
const deaf = 'http://127.0.0.1:9/';
const completed = { status: 'COMPLETED', result: 'SUCCESS' };

describe('local Port: workflows', () => {
  const client = withPort();
  const bodies: Record<string, unknown>[] = [];
  let receiver: Server;
  let url: string;

  beforeEach(async () => {
    bodies.length = 0;
    receiver = createServer((request, response) => {
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => {
        bodies.push(JSON.parse(text) as Record<string, unknown>);
        response.end('{"queued":true}');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  });
  afterEach(() => new Promise((resolve) => receiver.close(resolve)));

  const define = (nodes: readonly object[], connections: readonly object[]) =>
    client().ok(201, 'POST', '/v1/workflows', { identifier: 'deploy', nodes, connections });
  const start = async (inputs: object = { service: 'checkout' }): Promise<string> => {
    const { workflowRun } = await client().ok(202, 'POST', '/v1/workflows/deploy/runs', { inputs });
    await client().port.idle();
    return workflowRun.identifier;
  };
  const read = async (id: string) => (await client().ok(200, 'GET', `/v1/workflows/runs/${id}`)).workflowRun;
  const ended = async (id: string) => {
    await client().port.idle();
    const { status, result } = await read(id);
    return [status, result];
  };
  const patch = (nodeRun: string | undefined, body: object) =>
    client().ok(200, 'PATCH', `/v1/workflows/nodes/runs/${String(nodeRun)}`, body);
  const cancel = (id: string, query = '') =>
    client().ok(200, 'POST', `/v1/workflows/runs/${id}/cancel${query}`);

  const reporting = () =>
    define(
      [
        trigger,
        webhook('build', url, { synchronized: false, onFailure: 'terminate' }),
        webhook('tell', url, { body: { image: '{{ .outputs.build.image }}' } }),
      ],
      [connect('form', 'build'), connect('build', 'tell')],
    );

  it('hands the id of a node run to a webhook, and goes on with its output when it is reported on', async () => {
    await reporting();
    const id = await start();
    assert.match(id, /^wfr_\w{16}$/);
    const run = await read(id);
    assert.deepEqual([run.status, run.result, run.workflow.identifier], ['IN_PROGRESS', null, 'deploy']);
    const [node] = run.nodeRuns;
    assert.match(node?.identifier ?? '', /^wfnr_\w{16}$/);
    assert.deepEqual([node?.node, bodies], [{ identifier: 'build' }, [{ id: node?.identifier }]]);
    await patch(node?.identifier, { ...completed, output: { image: 'a:1' } });
    assert.deepEqual(await ended(id), ['COMPLETED', 'SUCCESS']);
    assert.deepEqual(bodies[1], { image: 'a:1' });
    assert.deepEqual((await read(id)).nodeRuns[1]?.output, {
      response: { status: 200, data: { queued: true } },
    });
  });

  it('checks the inputs of its form', async () => {
    await define([trigger], []);
    const path = '/v1/workflows/deploy/runs';
    await client().refused('422 user_inputs_schema_invalid', 'POST', path, { inputs: {} });
    await client().refused('404 not_found', 'POST', '/v1/workflows/nothing/runs', { inputs: {} });
  });

  it('ends as FAILED with a line that says why when a node fails, unless the node lets it go on', async () => {
    await define(
      [trigger, webhook('call', deaf), webhook('tell', url)],
      [...[connect('form', 'call'), connect('call', 'tell')]],
    );
    const id = await start();
    assert.deepEqual(await ended(id), ['COMPLETED', 'FAILED']);
    assert.match((await read(id)).nodeRuns[0]?.logs[0]?.message ?? '', /ECONNREFUSED|bad port/);
    const nodes = [trigger, webhook('call', deaf, { onFailure: 'continue' }), webhook('tell', url)];
    const connections = [connect('form', 'call'), connect('call', 'tell')];
    await client().ok(200, 'PUT', '/v1/workflows/deploy', { identifier: 'deploy', nodes, connections });
    assert.deepEqual(await ended(await start()), ['COMPLETED', 'SUCCESS']);
    assert.equal(bodies.length, 1);
  });

  it('lists runs, the newest first, of the workflows that are asked for, and what they were given in each alone', async () => {
    await define([trigger], []);
    const [first, second] = [await start(), await start()];
    const list = async (query: string) => {
      const { workflowRuns } = await client().ok(200, 'GET', `/v1/workflows/runs?${query}`);
      assert.ok(workflowRuns.every((run) => !('nodeRuns' in run) && !('variables' in run)));
      return workflowRuns.map(({ identifier }) => identifier);
    };
    assert.deepEqual(await list('workflowIdentifiers=deploy'), [second, first]);
    assert.deepEqual(await list('workflowIdentifiers=deploy&limit=1'), [second]);
    assert.deepEqual(await list('workflowIdentifiers=other'), []);
    assert.deepEqual((await read(first)).variables.outputs, { trigger: { service: 'checkout' } });
  });

  it('takes the result of a node that was cancelled', async () => {
    await reporting();
    const id = await start();
    await patch((await read(id)).nodeRuns[0]?.identifier, { status: 'COMPLETED', result: 'CANCELLED' });
    assert.deepEqual(await ended(id), ['COMPLETED', 'CANCELLED']);
  });

  it('waits for an answer at an input, and goes on where its button leads', async () => {
    await define(
      [trigger, input, webhook('tell', url)],
      [...[connect('form', 'ask'), connect('ask', 'tell', 'approve')]],
    );
    for (const [button, calls] of [
      ['decline', 0],
      ['approve', 1],
    ] as const) {
      const id = await start();
      const [node] = (await read(id)).nodeRuns;
      assert.equal(node?.status, 'IN_PROGRESS');
      client().port.answerInput(node.identifier, { button, inputs: { reason: 'because' } });
      assert.deepEqual([await ended(id), bodies.length], [['COMPLETED', 'SUCCESS'], calls]);
    }
  });

  it('is CANCELLING until its node has ended, and starts no other', async () => {
    await reporting();
    const id = await start();
    await cancel(id);
    const { status, nodeRuns } = await read(id);
    assert.deepEqual([status, nodeRuns[0]?.status], ['CANCELLING', 'IN_PROGRESS']);
    await patch(nodeRuns[0]?.identifier, completed);
    assert.deepEqual([await ended(id), bodies.length], [['COMPLETED', 'CANCELLED'], 1]);
    await client().refused('422 invalid_request', 'POST', `/v1/workflows/runs/${id}/cancel`);
    await client().refused('404 not_found', 'POST', '/v1/workflows/runs/wfr_none/cancel');
  });

  it('fails its nodes and ends at once where the cancel is forced, also after one that was not', async () => {
    await reporting();
    const id = await start();
    await cancel(id);
    await cancel(id, '?force=true');
    const { status, result, nodeRuns } = await read(id);
    assert.deepEqual([status, result, nodeRuns[0]?.result], ['COMPLETED', 'CANCELLED', 'FAILED']);
  });

  it('starts by itself when an entity changes as its trigger says', async () => {
    await client().ok(201, 'POST', '/v1/blueprints', service);
    const event = { type: 'ENTITY_CREATED', blueprintIdentifier: 'service' };
    const condition = { type: 'JQ', expressions: ['.diff.after.properties.tier == 1'] };
    const told = { body: { name: '{{ .outputs.trigger.diff.after.identifier }}' } };
    await define(
      [{ identifier: 'on', config: { type: 'EVENT_TRIGGER', event, condition } }, webhook('tell', url, told)],
      [connect('on', 'tell')],
    );
    for (const [identifier, tier] of [
      ['cart', 2],
      ['checkout', 1],
    ] as const)
      await client().ok(201, 'POST', '/v1/blueprints/service/entities', { identifier, properties: { tier } });
    await client().port.idle();
    assert.deepEqual(bodies, [{ name: 'checkout' }]);
    await client().refused('422 invalid_request', 'POST', '/v1/workflows/deploy/runs', {});
  });

  const faults: Record<string, object> = {
    'a kind of node that the local Port does not know': {
      nodes: [{ identifier: 'a', config: { type: 'AI' } }],
    },
    'a connection to no node': { connections: [connect('form', 'nothing')] },
    'a connection to a trigger': { connections: [connect('ask', 'form', 'approve')] },
    'two connections from one place': { connections: [connect('form', 'ask'), connect('form', 'ask')] },
    'an input that leads on without a button': { connections: [connect('ask', 'ask')] },
    'four links': { nodes: [{ ...trigger, links: ['a', 'b', 'c', 'd'] }] },
    'an identifier with a slash': { identifier: 'a/b' },
  };
  for (const [what, change] of Object.entries(faults))
    it(`refuses a workflow with ${what}`, async () => {
      const workflow = { identifier: 'deploy', nodes: [trigger, input], connections: [], ...change };
      await client().refused('422 invalid_request', 'POST', '/v1/workflows', workflow);
    });
});

describe('local Port: workflow node runs', () => {
  const client = withPort();
  const started = () => {
    const nodeRun = client().port.startNodeRun();
    return { nodeRun, path: `/v1/workflows/nodes/runs/${nodeRun.identifier}` };
  };

  it('takes progress, a label, links and an external id, and is found by it', async () => {
    const { nodeRun, path } = started();
    assert.match(nodeRun.identifier, /^wfnr_[A-Za-z0-9]{16}$/);
    const links = ['https://example.com/1'];
    const change = { status: 'IN_PROGRESS', externalRunId: 'ado_1_2_3', links, statusLabel: 'Building' };
    await client().ok(200, 'PATCH', path, change);
    const { nodeRuns } = await client().ok(200, 'GET', '/v1/workflows/nodes/runs?external_run_id=ado_1_2_3');
    assert.deepEqual([nodeRuns[0]?.links, nodeRuns[0]?.statusLabel], [links, 'Building']);
  });

  it('refuses a label where the quirk of an older Port is chosen', async () => {
    const { path } = started();
    client().port.quirks.hasNodeLabels = false;
    await client().refused('422 invalid_request', 'PATCH', path, { statusLabel: 'Building' });
    await client().ok(200, 'PATCH', path, { output: {} });
  });

  it('has the output of its last PATCH alone', async () => {
    const { nodeRun, path } = started();
    await client().ok(200, 'PATCH', path, { output: { url: 'x' } });
    await client().ok(200, 'PATCH', path, { output: { image: 'y' } });
    assert.deepEqual(nodeRun.output, { image: 'y' });
  });

  it('knows the words of a workflow, which are not those of an action run', async () => {
    const { nodeRun, path } = started();
    for (const body of [
      { status: 'SUCCESS' },
      { status: 'COMPLETED', result: 'FAILURE' },
      { status: 'COMPLETED' },
      { summary: 'x' },
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
    await client().ok(200, 'PATCH', path, { logs: [{ level: 'WARN', message: 'three' }] });
    assert.deepEqual(
      nodeRun.logs.map(({ message }) => message),
      ['one', 'two', 'three'],
    );
    await client().refused('422 invalid_request', 'POST', `${path}/logs`, {
      logs: [{ level: 'LOUD', message: 'x' }],
    });
    await client().refused('404 not_found', 'PATCH', '/v1/workflows/nodes/runs/wfnr_none', {});
  });
});
