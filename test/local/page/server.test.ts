import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { type View, viewOf } from '../../../local/page/view.ts';
import { until } from '../../support/until.ts';
import { type PageLoop, action, startPageLoop, viewsOf } from './support.ts';

describe('the page of the local loop', () => {
  let loop: PageLoop;
  beforeEach(async () => {
    loop = await startPageLoop();
  });
  afterEach(() => loop.close());

  const runs = () => [...loop.port.store.runs.values()];
  const newestRun = () => viewOf(loop).runs[0];

  /** A call with headers that fetch does not let anybody choose. */
  const statusOf = (method: string, path: string, headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      request(loop.page.url + path, { method, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .on('error', reject)
        .end('{"id":"action/deploy","values":{"name":"checkout"}}');
    });

  it('allows nothing from elsewhere, nothing inline, and no frame around it', async () => {
    for (const path of ['/', '/page.js', '/page.css', '/icon.svg', '/nothing']) {
      const answer = await fetch(loop.page.url + path);
      const policy = answer.headers.get('content-security-policy') ?? '';
      assert.match(
        policy,
        /^default-src 'none'; script-src 'self'; style-src 'self'.*frame-ancestors 'none'$/,
      );
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
      assert.equal(answer.status, path === '/nothing' ? 404 : 200);
    }
  });

  it('needs no network, and its script makes no HTML out of what it shows', () => {
    const folder = join(import.meta.dirname, '..', '..', '..', 'local', 'page');
    for (const file of ['page.html', 'page.css', 'page.js']) {
      const text = readFileSync(join(folder, file), 'utf8');
      assert.doesNotMatch(
        text,
        /https?:\/\/|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/,
        file,
      );
    }
  });

  it('is not served under another name, as a site would that points its own name here', async () => {
    const { port } = new URL(loop.page.url);
    for (const path of ['/', '/events', '/page.js']) {
      assert.equal(await statusOf('GET', path, { host: `evil.example:${port}` }), 403);
    }
    assert.equal(await statusOf('GET', '/', { host: `localhost:${port}` }), 200);
  });

  it('starts nothing for another site, nor for one that does not say which it is', async () => {
    const type = { 'content-type': 'application/json' };
    for (const origin of ['https://evil.example', 'http://127.0.0.1:1', 'null'])
      assert.equal(await statusOf('POST', '/forms', { ...type, origin }), 403);
    assert.equal(await statusOf('POST', '/forms', type), 403);
    assert.equal(runs().length, 0);
    assert.equal(await statusOf('POST', '/forms', { ...type, origin: loop.page.url }), 200);
    assert.equal(runs().length, 1);
  });

  it('offers the inputs of an action in their order, with their defaults', () => {
    const [form] = viewOf(loop).groups[0]?.forms ?? [];
    assert.deepEqual(
      form?.fields.map(({ id, kind, value, isRequired }) => [id, kind, value, isRequired]),
      [
        ['size', 'select', 'large', false],
        ['name', 'text', '', true],
        ['count', 'number', '3', false],
        ['isFast', 'checkbox', 'true', false],
        ['tags', 'lines', '', false],
      ],
    );
  });

  it('executes an action with inputs of the declared types, and leaves out what is empty', async () => {
    const answer = await loop.send('action/deploy', { name: '7', size: 'small', count: '5', tags: '["a"]' });
    assert.deepEqual([answer.status, answer.message], [200, `Run ${runs()[0]?.id}`]);
    assert.deepEqual(runs()[0]?.properties, {
      name: '7',
      size: 'small',
      count: 5,
      isFast: false,
      tags: ['a'],
    });
    await loop.send('action/deploy', { name: 'checkout', count: '', isFast: 'true' });
    assert.deepEqual(runs()[1]?.properties, { name: 'checkout', isFast: true });
  });

  it('says what Port says, and what is no JSON', async () => {
    const refused = await loop.send('action/deploy', {});
    assert.equal(refused.status, 422);
    assert.match(refused.message, /must have required property 'name'/);
    const unreadable = await loop.send('action/deploy', { name: 'checkout', tags: 'a, b' });
    assert.deepEqual(unreadable, { status: 422, message: 'tags: this is no array as JSON has it.' });
    assert.equal((await loop.send('action/none')).status, 404);
  });

  it('makes an entity, and lets an action choose among the entities of its blueprint', async () => {
    const picker = () => viewOf(loop).groups[0]?.forms.find(({ id }) => id === 'action/scale')?.fields[0];
    assert.match(picker()?.help ?? '', /no entity of service yet/);
    assert.equal(
      (await loop.send('entity/service', { '/identifier': 'checkout', replicas: '2' })).status,
      200,
    );
    assert.deepEqual(loop.port.store.entity('service', 'checkout')?.properties, { replicas: 2 });
    assert.deepEqual(picker()?.options, ['checkout']);
    assert.equal((await loop.send('action/scale', { '/entity': 'checkout' })).status, 200);
    assert.equal(runs()[0]?.entity, 'checkout');
  });

  it('shows status, label, inputs, log, links and entities of a run', async () => {
    const runId = await loop.user.execute('deploy', { name: 'checkout' });
    await loop.port.idle();
    const [id] = loop.azureDevOps.store.builds.keys();
    const link = [loop.azureDevOps.buildPage(id ?? 0), 'https://example.com/log', 'javascript:alert(1)'];
    await loop.user.call('PATCH', `/v1/actions/runs/${runId}`, { statusLabel: 'Deploying\u001b[31m', link });
    await loop.user.call('POST', `/v1/actions/runs/${runId}/logs`, { message: 'one\u001b[2J' });
    const entities = `/v1/blueprints/service/entities?run_id=${runId}`;
    await loop.user.call('POST', entities, { identifier: 'checkout', properties: {} });
    const { title, status, label, facts, links, log } = newestRun() ?? {};
    assert.deepEqual([title, status, label, log], ['Deploy', 'IN_PROGRESS', 'Deploying', 'one\n']);
    assert.deepEqual(facts, [
      ['run', runId],
      ['name', 'checkout'],
    ]);
    assert.deepEqual(links, [
      { text: link[0], href: `#build/${id}` },
      { text: link[1], href: link[1] },
      { text: 'javascript:alert(1)' },
      { text: 'CREATE service checkout', href: '#entity/service/checkout' },
    ]);
  });

  it('approves and declines a run, and only while it waits', async () => {
    await loop.user.call('PUT', '/v1/actions/deploy', { ...action, requiredApproval: true });
    for (const [word, status] of [
      ['APPROVE', 'IN_PROGRESS'],
      ['DECLINE', 'DECLINED'],
    ] as const) {
      const runId = await loop.user.execute('deploy', { name: 'checkout' });
      assert.deepEqual(
        newestRun()?.forms.map(({ button }) => button),
        ['Approve', 'Decline'],
      );
      assert.equal((await loop.send(`${runId}/${word}`)).status, 200);
      assert.equal(loop.port.store.run(runId).status, status);
      assert.equal((await loop.send(`${runId}/${word}`)).status, 404);
    }
  });

  it('ends a run whose backend is Kafka, which nobody else here does', async () => {
    const invocationMethod = { type: 'KAFKA', payload: {} };
    await loop.user.call('PUT', '/v1/actions/deploy', { ...action, invocationMethod });
    const runId = await loop.user.execute('deploy', { name: 'checkout' });
    await loop.send(`${runId}/FAILURE`);
    assert.equal(newestRun()?.status, 'FAILURE');
    assert.deepEqual(newestRun()?.forms, []);
  });

  it('runs a pipeline by hand, and cancels it', async () => {
    await loop.send('pipeline/1');
    await until('the pipeline runs', () => viewOf(loop).builds[0]?.status === 'inProgress');
    await loop.send('build/1/cancel');
    await until('the pipeline has ended', () => viewOf(loop).builds[0]?.status === 'canceled');
    assert.deepEqual(viewOf(loop).builds[0]?.forms, []);
  });

  it('starts a workflow, and shows the run of its node', async () => {
    await loop.user.call('POST', '/v1/workflows', {
      identifier: 'provision',
      nodes: [
        { identifier: 'start', config: { type: 'SELF_SERVE_TRIGGER', userInputs: { properties: {} } } },
        { identifier: 'wait', config: { type: 'KAFKA' } },
      ],
      connections: [{ sourceIdentifier: 'start', targetIdentifier: 'wait' }],
    });
    await loop.send('workflow/provision');
    await loop.port.idle();
    assert.deepEqual([newestRun()?.title, newestRun()?.status], ['wait', 'IN_PROGRESS']);
  });

  it('is told of each change: of Port at once, of pipelines soon', async () => {
    const views = viewsOf(loop.page);
    const next = async () => {
      const { value } = (await views.next()) as IteratorYieldResult<View>;
      return value.runs;
    };
    assert.deepEqual(await next(), []);
    const runId = await loop.user.execute('deploy', { name: 'checkout' });
    assert.equal((await next())[0]?.id, runId);
    for await (const { builds } of views) if (builds[0]?.status === 'inProgress') break;
  });

  it('shows a pipeline that Port asked for and that cannot be compiled', async () => {
    await loop.close();
    const runNumber = () => Promise.reject(new Error('deploy.yml:3: Unexpected value'));
    loop = await startPageLoop({ runNumber });
    await loop.user.execute('deploy', { name: 'checkout' });
    await loop.port.idle();
    const [item] = viewOf(loop).builds;
    const words = '/deploy.yml (Line: 3, Col: 1): Unexpected value';
    assert.deepEqual([item?.title, item?.status, item?.log], ['deploy.yml', 'not started', words]);
  });
});
