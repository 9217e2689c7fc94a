import assert from 'node:assert/strict';
import { closeAll, start, startReceiver } from '../local/azure-devops/fixture.ts';
import { hooks, pat, runCommand } from './command-line.ts';

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
    assert.match(list.stdout, new RegExp(`^${id} {2}enabled {2}tfs/build.complete .* -> https://a/b`));
    assert.equal(none.stdout, 'No subscription.\n');
    assert.equal(gone.code, 1);
    assert.equal(ado.store.subscriptions.size, 1, 'a wrong id stops before the first deletion');
    assert.match((await hooks(ado, 'delete', id)).stdout, /^deleted/);
    assert.equal(ado.store.subscriptions.size, 0);
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
