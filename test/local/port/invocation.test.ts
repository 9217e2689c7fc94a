import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { type IncomingHttpHeaders, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startPort } from '../../../local/port/index.ts';
import { Client, deployAction, startRun } from './support.ts';

interface Call {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('local Port: what an action sends', () => {
  const calls: Call[] = [];
  let receiver: Server;
  let receiverUrl: string;
  let status = 200;
  let client: Client;

  beforeEach(async () => {
    calls.length = 0;
    status = 200;
    receiver = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { method, url, headers } = request;
        calls.push({ method, url, headers, body: Buffer.concat(parts).toString() });
        response.writeHead(status).end('{}');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    client = new Client(await startPort({ azureDevOpsUrl: receiverUrl, clientSecret: 'the secret' }));
    await client.signIn();
  });
  afterEach(async () => {
    await client.port.close();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });

  const invoke = async (invocationMethod: object): Promise<string> => {
    const id = await startRun(client, { ...deployAction, invocationMethod });
    await client.port.idle();
    return id;
  };

  it('posts the filled-in payload to the incoming webhook of Azure DevOps, signed with the client secret', async () => {
    const payload = {
      properties: {
        service: '{{ .inputs.service }}',
        text: 'for {{ .inputs.service }}: {{ .action.identifier }}',
      },
      port_context: { runId: '{{ .run.id }}', user: '{{ .trigger.by.user.email }}', none: '{{ .entity }}' },
      all: '{{ .inputs }}',
      shout: '{{ .inputs.service | ascii_upcase }}',
    };
    const id = await invoke({ type: 'AZURE_DEVOPS', org: 'my-org', webhook: 'portDeploy', payload });
    const [call] = calls;
    assert(call);
    const path = '/my-org/_apis/public/distributedtask/webhooks/portDeploy?api-version=6.0-preview';
    assert.deepEqual([call.method, call.url], ['POST', path]);
    assert.deepEqual(JSON.parse(call.body), {
      properties: { service: 'checkout', text: 'for checkout: deploy_service' },
      port_context: { runId: id, user: 'dev@example.com', none: null },
      all: { service: 'checkout' },
      shout: 'CHECKOUT',
    });
    const signature = createHmac('sha1', 'the secret').update(call.body).digest('hex');
    assert.equal(call.headers['x-port-signature'], signature);
    assert.equal(client.port.store.run(id).status, 'IN_PROGRESS');
  });

  it('ends the run as FAILURE, with a line that says why, when the receiver refuses', async () => {
    status = 400;
    const id = await invoke({ type: 'AZURE_DEVOPS', org: 'my-org', webhook: 'portDeploy', payload: {} });
    assert.equal(client.port.store.run(id).status, 'FAILURE');
    assert.match(client.port.store.logsOf(id)[0]?.message ?? '', /answered 400/);
  });

  it('signs a web hook with its timestamp, and leaves its run open when it is not synchronized', async () => {
    const id = await invoke({
      ...{ type: 'WEBHOOK', url: `${receiverUrl}/{{ .inputs.service }}`, synchronized: false },
      ...{ headers: { RUN_ID: '{{ .run.id }}' }, body: { id: '{{ .run.id }}' } },
    });
    const [call] = calls;
    assert(call);
    const timestamp = String(call.headers['x-port-timestamp']);
    const signature = createHmac('sha256', 'the secret').update(`${timestamp}.${call.body}`).digest('base64');
    assert.equal(call.headers['x-port-signature'], `v1,${signature}`);
    assert.deepEqual([call.url, call.headers.run_id, call.body], ['/checkout', id, JSON.stringify({ id })]);
    assert.equal(client.port.store.run(id).status, 'IN_PROGRESS');
  });

  it('starts a pipeline through the runs API of Azure DevOps, with a secret of its own in the header', async () => {
    client.port.store.secrets.set('PAT', 'abc');
    const url = 'https://dev.azure.com/my-org/my-project/_apis/pipelines/7/runs?api-version=7.1';
    const headers = { Authorization: 'Basic {{ .secrets["PAT"] }}' };
    const id = await invoke({ type: 'WEBHOOK', url, synchronized: true, method: 'POST', headers, body: {} });
    const [call] = calls;
    assert(call);
    assert.equal(call.url, '/my-org/my-project/_apis/pipelines/7/runs?api-version=7.1');
    assert.equal(call.headers.authorization, 'Basic abc');
    assert.equal(client.port.store.run(id).status, 'SUCCESS');
  });
});
