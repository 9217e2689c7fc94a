import assert from 'node:assert/strict';
import { closeAll, start, startReceiver, subscription } from '../../local/azure-devops/fixture.ts';
import { hooks, pat, runCommand } from '../command-line.ts';

describe('hooks list, test, delete and events', function () {
  this.timeout(30_000);
  afterEach(closeAll);

  it('lists and deletes', async () => {
    const ado = await start();
    await hooks(
      ado,
      'create',
      '--event',
      'build.complete',
      '--consumer',
      'webHooks/httpRequest',
      '--input',
      'url=https://a/b',
    );
    const [id = ''] = ado.store.subscriptions.keys();
    const list = await hooks(ado, 'list', '--event', 'build.complete');
    const none = await hooks(ado, 'list', '--event', 'git.push');
    const gone = await hooks(ado, 'delete', id, '00000000-0000-0000-0000-000000000001');
    assert.match(
      list.stdout,
      new RegExp(
        `^ID +STATUS +PROJECT +EVENT\n${id} {2}enabled {2}\\(all\\) {4}tfs/build.complete\n {2}-> webHooks/httpRequest https://a/b\n$`,
      ),
    );
    assert.equal(none.stdout, 'No subscription.\n');
    assert.equal(gone.code, 1);
    assert.equal(ado.store.subscriptions.size, 1, 'a wrong id stops before the first deletion');
    assert.match((await hooks(ado, 'delete', id)).stdout, /^deleted/);
    assert.equal(ado.store.subscriptions.size, 0);
  });

  it('lists under a header, with the name of the project, in lines that fit a screen', async () => {
    const ado = await start();
    ado.subscribe(
      subscription(`https://example.com/${'long/'.repeat(60)}`, {
        publisherInputs: { projectId: ado.project.id, buildStatus: 'Failed' },
      }),
    );
    const { stdout } = await hooks(ado, 'list');
    const [header = '', first = '', second = ''] = stdout.split('\n');
    assert.match(header, /^ID +STATUS +PROJECT +EVENT$/);
    assert.match(first, / {2}enabled {2}my-project {2}tfs\/build\.complete$/);
    assert.match(second, /^ {2}buildStatus=Failed -> webHooks\/httpRequest https:\/\/example\.com\/long.*…$/);
    assert.ok(!stdout.includes(ado.project.id));
    assert.ok(stdout.split('\n').every((line) => line.length <= 150));
  });

  it('tells in one document what was deleted before a deletion failed, and what is left', async () => {
    const ado = await start();
    for (const path of ['a', 'b', 'c']) ado.subscribe(subscription(`https://example.com/${path}`));
    const [first = '', second = '', third = ''] = ado.store.subscriptions.keys();
    ado.store.faults.answers.set(`DELETE /_apis/hooks/subscriptions/${second}`, 403);
    const { code, stderr, json } = await hooks(ado, 'delete', first, second, third, '--json');
    const { deleted, left, error } = json() as { deleted: string[]; left: string[]; error: string };
    assert.equal(code, 1);
    assert.deepEqual([deleted, left], [[first], [second, third]]);
    assert.match(error, new RegExp(`^Cannot delete the subscription ${second}: .* -> 403`));
    assert.match(stderr, /^error Cannot delete/);
  });

  it('says in one document that a test failed', async () => {
    const ado = await start();
    const { url } = await startReceiver([500]);
    const receiver = ['--consumer', 'webHooks/httpRequest', '--input', `url=${url}`, '--allow-http'];
    const { code, json } = await hooks(ado, 'test', '--event', 'build.complete', ...receiver, '--json');
    const { result, status, error } = json() as Record<string, unknown>;
    assert.equal(code, 1);
    assert.deepEqual([result, status], ['failed', 500]);
    assert.match(String(error), /^The test notification failed/);
  });

  it('names what a test lacks', async () => {
    const test = async (...args: string[]) =>
      (await runCommand(['hooks', 'test', '--organization', 'my-org', ...args], pat)).stderr;
    assert.match(
      await test('--event', 'build.complete'),
      /Missing: --consumer, such as webHooks\/httpRequest/,
    );
    assert.match(
      await test('--consumer', 'webHooks/httpRequest'),
      /Missing: --event, such as build\.complete/,
    );
    assert.match(await test(), /Missing: --event.*; --consumer.*, or --subscription ID\./);
  });

  it('shows what the receiver answers to a test, and fails where it refuses', async () => {
    const ado = await start();
    const { url } = await startReceiver([200, 500]);
    const wish = [
      '--event',
      'build.complete',
      '--consumer',
      'webHooks/httpRequest',
      '--input',
      `url=${url}`,
      '--allow-http',
    ];
    const good = await hooks(ado, 'test', ...wish);
    const bad = await hooks(ado, 'test', ...wish);
    assert.match(good.stdout, /^succeeded {2}the receiver answered 200\nseen/);
    assert.equal(good.code, 0);
    assert.match(bad.stdout, /^failed {2}the receiver answered 500/);
    assert.equal(bad.code, 1);
  });

  it('tests a subscription that exists, its secrets included', async () => {
    const ado = await start();
    const { url, received } = await startReceiver();
    await runCommand(
      [
        ...[
          'hooks',
          'create',
          '--organization',
          ado.organizationUrl,
          '--event',
          'build.complete',
          '--allow-http',
        ],
        ...[
          '--consumer',
          'webHooks/httpRequest',
          '--input',
          `url=${url}`,
          '--input-env',
          'httpHeaders=HEADERS',
        ],
      ],
      { ...pat, HEADERS: 'x-key:hidden' },
    );
    const [id = ''] = ado.store.subscriptions.keys();
    const { code, stdout } = await hooks(ado, 'test', '--subscription', id, '--json');
    assert.equal(code, 0);
    assert.equal((JSON.parse(stdout) as { status: number }).status, 200);
    assert.equal(received[0]?.headers['x-key'], 'hidden');
  });

  it('shows events, their filters and the consumers', async () => {
    const ado = await start();
    const all = await hooks(ado, 'events');
    const one = await hooks(ado, 'events', 'build.complete');
    const consumers = await hooks(ado, 'events', '--consumers', 'serviceBusQueueSend');
    for (const event of [
      'git.push',
      'tfvc.checkin',
      'workitem.created',
      'ms.vss-pipelines.run-state-changed-event',
    ])
      assert.ok(all.stdout.includes(event), event);
    assert.match(one.stdout, /buildStatus {2}Succeeded \| PartiallySucceeded \| Failed \| Stopped/);
    assert.match(consumers.stdout, /connectionString {2}required {2}secret/);
  });
});
