import assert from 'node:assert/strict';
import { isObject } from '../../../local/azure-devops/json.ts';
import { fakeRunner, record } from './fake-runner.ts';
import { basic, call, closeAll, file, start, startReceiver, subscription } from './fixture.ts';

const path = '/_apis/hooks/subscriptions';

function member(value: unknown, ...names: string[]): unknown {
  return names.reduce<unknown>((current, name) => (isObject(current) ? current[name] : undefined), value);
}

describe('service hook subscriptions', () => {
  afterEach(closeAll);

  it('come back with what the server adds, and with their secrets masked', async () => {
    const ado = await start();
    const consumerInputs = {
      url: 'https://example.com',
      httpHeaders: 'x-port-secret:1',
      basicAuthPassword: 'secret',
    };
    const { status, body } = await call(ado, 'POST', path, { body: subscription('', { consumerInputs }) });

    assert.equal(status, 200);
    assert.equal(member(body, 'status'), 'enabled');
    assert.equal(member(body, 'publisherInputs', 'buildStatus'), '');
    assert.equal(typeof member(body, 'publisherInputs', 'tfsSubscriptionId'), 'string');
    assert.deepEqual(member(body, 'consumerInputs'), {
      url: 'https://example.com',
      httpHeaders: '********',
      basicAuthPassword: '********',
    });
  });

  it('are not checked for duplicates', async () => {
    const ado = await start();
    const body = subscription('https://example.com');
    await call(ado, 'POST', path, { body });
    await call(ado, 'POST', path, { body });
    assert.equal(member((await call(ado, 'GET', path)).body, 'count'), 2);
  });

  const faults: [string, Record<string, unknown>, RegExp][] = [
    ['an unknown publisher', { publisherId: 'nobody' }, /publisher 'nobody'/],
    ['an unknown event', { eventType: 'build.begun' }, /event type 'build.begun'/],
    [
      'a filter the event does not have',
      { publisherInputs: { branch: 'main' } },
      /input 'branch' is not supported at scope 'publisher'/,
    ],
    ['a filter value that cannot be', { publisherInputs: { buildStatus: 'Burnt' } }, /'Burnt' is not valid/],
    ['a consumer without its address', { consumerInputs: {} }, /input 'url' at scope 'consumer' is required/],
    ['a version the event does not have', { resourceVersion: '9.0' }, /Resource version '9.0'/],
  ];
  for (const [what, over, words] of faults) {
    it(`are refused with 400 and the reason for ${what}`, async () => {
      const ado = await start();
      const { status, body } = await call(ado, 'POST', path, {
        body: subscription('https://example.com', over),
      });
      assert.equal(status, 400);
      assert.match(String(member(body, 'message')), words);
      assert.equal(typeof member(body, 'typeKey'), 'string');
    });
  }

  it('are closed to someone without rights, with the permission named', async () => {
    const ado = await start(fakeRunner(), { tokenWithoutRights: 'weak' });
    const { status, text } = await call(ado, 'GET', path, { authorization: basic('weak') });
    assert.equal(status, 403);
    assert.match(text, /PublisherSecurity\/.* to perform this action: View Subscriptions/);
  });

  it('are found by a query, replaced as a whole with their masked secrets kept, and deleted', async () => {
    const ado = await start();
    const consumerInputs = { url: 'https://example.com', httpHeaders: 'x-port-secret:1' };
    const made = await call(ado, 'POST', path, {
      body: subscription('', { consumerInputs, publisherInputs: { buildStatus: 'Failed' } }),
    });
    const id = String(member(made.body, 'id'));
    const conditions = [
      { inputId: 'buildStatus', operator: 'equals', inputValue: 'failed', caseSensitive: false },
    ];
    const query = { publisherId: 'tfs', publisherInputFilters: [{ conditions }] };

    const found = await call(ado, 'POST', '/_apis/hooks/subscriptionsquery', { body: query });
    await call(ado, 'PUT', `${path}/${id}`, { body: { ...(made.body as object), status: 'disabledByUser' } });

    const results = member(found.body, 'results');
    assert.ok(Array.isArray(results) && results.length === 1);
    assert.equal(ado.store.subscriptions.get(id)?.status, 'disabledByUser');
    assert.equal(ado.store.subscriptions.get(id)?.consumerInputs.httpHeaders, 'x-port-secret:1');
    assert.equal((await call(ado, 'DELETE', `${path}/${id}`)).status, 204);
    assert.equal((await call(ado, 'GET', `${path}/${id}`)).status, 404);
  });

  it('are described by publishers, event types, input values and consumers', async () => {
    const ado = await start();
    ado.createPipeline({ name: 'WebSite.CI', ...file });
    const event = await call(ado, 'GET', '/_apis/hooks/publishers/tfs/eventtypes/build.complete');
    const values = await call(ado, 'POST', '/_apis/hooks/publishers/tfs/inputValuesQuery', {
      body: { inputValues: [{ inputId: 'definitionName' }] },
    });
    assert.match(event.text, /PartiallySucceeded/);
    assert.match(values.text, /WebSite\.CI/);
    assert.match(
      (await call(ado, 'GET', '/_apis/hooks/publishers')).text,
      /ms\.vss-pipelines\.run-state-changed-event/,
    );
    assert.match((await call(ado, 'GET', '/_apis/hooks/consumers')).text, /serviceBusQueueSend/);
  });

  it('can be tried with a test notification that shows what the receiver answered', async () => {
    const ado = await start();
    const receiver = await startReceiver([200, 500]);
    const body = { details: subscription(receiver.url) };
    const good = await call(ado, 'POST', '/_apis/hooks/testnotifications', { body });
    const bad = await call(ado, 'POST', '/_apis/hooks/testnotifications', { body });
    assert.equal(member(good.body, 'result'), 'succeeded');
    assert.equal(member(good.body, 'details', 'response'), 'seen');
    assert.equal(member(bad.body, 'result'), 'failed');
    assert.equal(member(bad.body, 'details', 'statusCode'), 500);
  });
});

describe('the delivery of events', () => {
  afterEach(closeAll);

  async function runOnce(
    over: Record<string, unknown>,
    statuses?: number[],
  ): Promise<{
    ado: Awaited<ReturnType<typeof start>>;
    received: Awaited<ReturnType<typeof startReceiver>>['received'];
  }> {
    const job = record();
    const ado = await start(
      fakeRunner((request, observer) => {
        observer.record(job);
        observer.record({ ...job, state: 'completed', result: 'failed' });
        return { result: 'failed', buildNumber: `20260101.1 r_1 ${request.buildId}` };
      }),
    );
    const { url, received } = await startReceiver(statuses);
    ado.createPipeline({ name: 'WebSite.CI', ...file });
    await call(ado, 'POST', path, { body: subscription(url, over) });
    await ado.queue({ definitionId: 1 });
    await ado.idle();
    return { ado, received };
  }

  it('tells of the end of a build in both versions of the event', async () => {
    const new_ = await runOnce({ resourceVersion: '2.0' });
    const old = await runOnce({ resourceVersion: '1.0' });
    assert.equal(member(new_.received[0]?.body, 'resource', 'result'), 'failed');
    assert.equal(member(new_.received[0]?.body, 'resource', 'status'), 'completed');
    assert.equal(member(new_.received[0]?.body, 'resource', 'buildNumber'), '20260101.1 r_1 1');
    assert.equal(member(old.received[0]?.body, 'resource', 'status'), 'failed');
  });

  it('tells of a run as soon as it is queued, and who wants it', async () => {
    const { received } = await runOnce({
      publisherId: 'pipelines',
      eventType: 'ms.vss-pipelines.run-state-changed-event',
      resourceVersion: '5.1-preview.1',
    });
    const [queued, end] = received.map(({ body }) => member(body, 'resource', 'run'));
    assert.deepEqual([member(queued, 'state'), member(end, 'state')], ['inProgress', 'completed']);
    for (const by of ['requestedFor', 'requestedBy'])
      assert.equal(member(queued, by, 'uniqueName'), 'dev@example.com');
  });

  it('tells of runs and jobs, filtered by state', async () => {
    const run = await runOnce({
      publisherId: 'pipelines',
      eventType: 'ms.vss-pipelines.run-state-changed-event',
      resourceVersion: '5.1-preview.1',
      publisherInputs: { runStateId: 'Completed' },
    });
    const job = await runOnce({
      publisherId: 'pipelines',
      eventType: 'ms.vss-pipelines.job-state-changed-event',
      resourceVersion: '5.1-preview.1',
    });
    assert.equal(run.received.length, 1);
    assert.equal(member(run.received[0]?.body, 'resource', 'run', 'name'), '20260101.1 r_1 1');
    assert.equal(member(run.received[0]?.body, 'resourceContainers', 'project', 'id'), run.ado.project.id);
    assert.deepEqual(job.received.map(({ body }) => member(body, 'resource', 'job', 'state')).sort(), [
      'completed',
      'running',
    ]);
  });

  it('tells of stages and jobs by their names, with attempt, links and the branch of the run', async () => {
    const stage = record({ type: 'Stage', name: 'Deploy it', identifier: 'Deploy' });
    const job = record({ parentId: stage.id, name: 'Smoke test', state: 'pending', startTime: null });
    const ado = await start(
      fakeRunner((_request, observer) => {
        observer.record(stage);
        observer.record(job);
        return { result: 'succeeded', buildNumber: '1' };
      }),
    );
    ado.createPipeline({ name: 'WebSite.CI', ...file });
    const told = new Map<string, unknown>();
    for (const kind of ['stage', 'job']) {
      const { url, received } = await startReceiver();
      const eventType = `ms.vss-pipelines.${kind}-state-changed-event`;
      const over = { publisherId: 'pipelines', eventType, resourceVersion: '5.1-preview.1' };
      await call(ado, 'POST', path, { body: subscription(url, over) });
      told.set(kind, received);
    }
    await ado.queue({ definitionId: 1 });
    await ado.idle();
    const [ofStage, ofJob] = [...told.values()].map((received) => member((received as unknown[])[0], 'body'));
    const parts = ['name', 'displayName', 'attempt', 'state'];
    const shown = (body: unknown, kind: string) => parts.map((part) => member(body, 'resource', kind, part));
    assert.deepEqual(shown(ofStage, 'stage'), ['Deploy', 'Deploy it', 1, 'running']);
    assert.deepEqual(shown(ofJob, 'stage'), ['Deploy', 'Deploy it', 1, 'running']);
    assert.deepEqual(shown(ofJob, 'job'), ['Smoke test', undefined, 1, 'waiting']);
    assert.match(String(member(ofStage, 'message', 'text')), /^Run \S+ stage Deploy running\.$/);
    assert.match(String(member(ofJob, 'message', 'text')), /^Run \S+ stage Deploy job Smoke test waiting\.$/);
    for (const body of [ofStage, ofJob]) {
      const self = ['resource', 'run', 'resources', 'repositories', 'self'];
      assert.equal(member(body, ...self, 'refName'), 'refs/heads/main');
      assert.match(String(member(body, 'resource', 'stage', '_links', 'web', 'href')), /buildId=1$/);
    }
  });

  it('passes over what the filters exclude', async () => {
    const { received } = await runOnce({ publisherInputs: { buildStatus: 'Succeeded' } });
    assert.equal(received.length, 0);
  });

  it('sends the headers and the basic credentials of the subscription', async () => {
    const { url, received } = await startReceiver();
    const ado = await start();
    ado.createPipeline({ name: 'deploy', ...file });
    const consumerInputs = {
      url,
      httpHeaders: 'x-port-secret: one\nx-b:2',
      basicAuthUsername: 'me',
      basicAuthPassword: 'pw',
    };
    await call(ado, 'POST', path, { body: subscription('', { consumerInputs }) });
    await ado.queue({ definitionId: 1 });
    await ado.idle();
    assert.equal(received[0]?.headers['x-port-secret'], 'one');
    assert.equal(received[0].headers['x-b'], '2');
    assert.equal(received[0].headers.authorization, `Basic ${Buffer.from('me:pw').toString('base64')}`);
  });

  it('sends a minimal resource and no message unless asked for more', async () => {
    const { url, received } = await startReceiver();
    const ado = await start();
    ado.createPipeline({ name: 'deploy', ...file });
    await call(ado, 'POST', path, { body: subscription('', { consumerInputs: { url } }) });
    await ado.queue({ definitionId: 1 });
    await ado.idle();
    assert.deepEqual(Object.keys(member(received[0]?.body, 'resource') as object), ['id', 'url']);
    assert.equal(member(received[0]?.body, 'message'), undefined);
  });

  it('puts events into a Service Bus queue', async () => {
    const ado = await start();
    ado.createPipeline({ name: 'deploy', ...file });
    const consumerInputs = {
      connectionString: 'Endpoint=sb://x/',
      queueName: 'builds',
      resourceDetailsToSend: 'all',
    };
    await call(ado, 'POST', path, {
      body: subscription('', {
        consumerId: 'azureServiceBus',
        consumerActionId: 'serviceBusQueueSend',
        consumerInputs,
      }),
    });
    await ado.queue({ definitionId: 1 });
    await ado.idle();
    assert.equal(ado.store.queueMessages[0]?.queue, 'builds');
    assert.equal(member(ado.store.queueMessages[0].body, 'eventType'), 'build.complete');
  });

  const ends: [string, number[], string, number][] = [
    ['a passing 503', [503, 200], 'enabled', 2],
    ['a 410, which disables at once', [410], 'disabledBySystem', 1],
    ['a 503 that stays', [503], 'onProbation', 3],
    ['a 500, which puts it on probation', [500], 'onProbation', 1],
  ];
  for (const [what, statuses, status, tries] of ends) {
    it(`copes with ${what}`, async () => {
      const { ado, received } = await runOnce({}, statuses);
      assert.equal([...ado.store.subscriptions.values()][0]?.status, status);
      assert.equal(received.length, tries);
    });
  }

  it('keeps a history that says how each delivery ended', async () => {
    const { ado } = await runOnce({}, [410]);
    const [id] = ado.store.subscriptions.keys();
    const { body } = await call(ado, 'GET', `${path}/${id ?? ''}/notifications?result=failed`);
    const [delivery] = member(body, 'value') as unknown[];
    assert.equal(member(body, 'count'), 1);
    assert.equal(member(delivery, 'details', 'statusCode'), 410);
  });
});
