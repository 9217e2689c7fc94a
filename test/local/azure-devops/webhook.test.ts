import assert from 'node:assert/strict';
import { type LocalAzureDevOps, signatureOf } from '../../../local/azure-devops/index.ts';
import { fakeRunner } from './fake-runner.ts';
import { type Answer, call, closeAll, file, incomingWebhook, start } from './fixture.ts';

const path = '/_apis/public/distributedtask/webhooks/portDeploy?api-version=6.0-preview';

function send(ado: LocalAzureDevOps, payload: unknown, signature?: string): Promise<Answer> {
  const body = JSON.stringify(payload);
  const headers = { 'x-port-signature': signature ?? signatureOf(Buffer.from(body), 'port-secret') };
  return call(ado, 'POST', path, { body, headers, authorization: null });
}

describe('the incoming webhook', () => {
  afterEach(closeAll);

  it('starts the pipelines that subscribe to the connection, with the payload under their alias', async () => {
    const runner = fakeRunner();
    const ado = await start(runner);
    ado.createServiceConnection(incomingWebhook);
    ado.createPipeline({ name: 'deploy', ...file, hasRunOnce: true });
    const payload = { port_context: { runId: 'r_1' } };

    assert.equal((await send(ado, payload)).status, 200);
    await ado.idle();

    assert.equal(runner.seen.length, 1);
    assert.equal(runner.seen[0]?.reason, 'resourceTrigger');
    assert.deepEqual(runner.seen[0].webhook, { alias: 'port', payload });
  });

  it('refuses a payload whose signature does not match or is missing', async () => {
    const runner = fakeRunner();
    const ado = await start(runner);
    ado.createServiceConnection(incomingWebhook);
    ado.createPipeline({ name: 'deploy', ...file, hasRunOnce: true });

    assert.equal((await send(ado, {}, 'f'.repeat(40))).status, 401);
    assert.equal((await call(ado, 'POST', path, { body: {}, authorization: null })).status, 401);
    assert.equal(runner.seen.length, 0);
  });

  it('does not know a webhook by the name of its connection', async () => {
    const ado = await start();
    ado.createServiceConnection(incomingWebhook);
    const answer = await call(ado, 'POST', path.replace('portDeploy', 'port-webhook'), {
      body: {},
      authorization: null,
    });
    assert.equal(answer.status, 404);
  });

  it('starts nothing that filters out, is not authorized, or was never run by hand', async () => {
    const runner = fakeRunner();
    const ado = await start(runner, {
      triggers: (name) => [
        {
          alias: 'port',
          connection: 'port-webhook',
          filters: [{ path: 'port_context.action', value: name }],
        },
      ],
    });
    const listening = { file: 'deploy', repositoryDirectory: '/', hasRunOnce: true };
    const wanted = ado.createPipeline({ name: 'a', ...listening });
    const filtered = ado.createPipeline({ name: 'b', ...listening, file: 'rollback' });
    const fresh = ado.createPipeline({ name: 'c', ...listening, hasRunOnce: false });
    ado.createPipeline({ name: 'd', ...listening });
    ado.createServiceConnection({ ...incomingWebhook, authorizedFor: [wanted.id, filtered.id, fresh.id] });

    await send(ado, { port_context: { action: 'deploy' } });
    await ado.idle();

    assert.deepEqual(
      runner.seen.map((request) => request.definitionName),
      ['a'],
    );
  });

  it('starts a pipeline from its first run on', async () => {
    const runner = fakeRunner();
    const ado = await start(runner);
    ado.createServiceConnection(incomingWebhook);
    const { id } = ado.createPipeline({ name: 'deploy', ...file });
    await send(ado, {});
    await ado.idle();
    assert.equal(runner.seen.length, 0);

    await ado.queue({ definitionId: id });
    await send(ado, {});
    await ado.idle();

    assert.deepEqual(
      runner.seen.map(({ reason }) => reason),
      ['manual', 'resourceTrigger'],
    );
  });

  it('starts nothing through a connection that is disabled', async () => {
    const runner = fakeRunner();
    const ado = await start(runner);
    const connection = ado.createServiceConnection(incomingWebhook);
    ado.createPipeline({ name: 'deploy', ...file, hasRunOnce: true });
    connection.isDisabled = true;
    assert.equal((await send(ado, {})).status, 200);
    assert.equal(ado.store.builds.size, 0);
  });

  it('answers 200 and makes no run when the YAML cannot be compiled with the payload', async () => {
    const runner = fakeRunner();
    const ado = await start(runner, {
      runNumber: () => {
        throw new Error('an object was given where text is wanted');
      },
    });
    ado.createServiceConnection(incomingWebhook);
    ado.createPipeline({ name: 'deploy', ...file, hasRunOnce: true });

    assert.equal((await send(ado, { port_context: {} })).status, 200);
    assert.equal(ado.store.builds.size, 0);
  });

  it('starts the others where the YAML of one cannot be read', async () => {
    const runner = fakeRunner();
    const ado = await start(runner, {
      triggers(pipelineFile) {
        if (pipelineFile.includes('broken')) throw new Error('line 3: this is no YAML');
        return [{ alias: 'port', connection: 'port-webhook', filters: [] }];
      },
    });
    ado.createServiceConnection(incomingWebhook);
    ado.createPipeline({ name: 'broken', ...file, file: '/pipelines/broken.yml', hasRunOnce: true });
    ado.createPipeline({ name: 'deploy', ...file, hasRunOnce: true });

    assert.equal((await send(ado, {})).status, 200);
    await ado.idle();
    assert.deepEqual(
      runner.seen.map(({ definitionName }) => definitionName),
      ['deploy'],
    );
    assert.deepEqual(ado.store.refusals, [{ pipeline: 'broken', message: 'line 3: this is no YAML' }]);
  });
});
