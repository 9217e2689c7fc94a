import assert from 'node:assert/strict';
import { type LocalAzureDevOps } from '../../../local/azure-devops/index.ts';
import { fakeRunner } from '../../local/azure-devops/fake-runner.ts';
import { closeAll, start, subscription } from '../../local/azure-devops/fixture.ts';
import type { Ended } from '../command-line.ts';
import { closeServices, startServices } from '../services.ts';

const releaseEvent = 'ms.vss-release.release-created-event';
const release = subscription('https://127.0.0.1:9/release', {
  publisherId: 'rm',
  eventType: releaseEvent,
  resourceVersion: '3.0-preview.1',
});

interface BothHosts {
  readonly main: LocalAzureDevOps;
  readonly releases: LocalAzureDevOps;
  readonly hooks: (...args: string[]) => Promise<Ended>;
}

/** An organization with a build subscription on its own host and a release one on that of the releases. */
async function startBoth(url: string, releaseHost: string, collectionPath: string): Promise<BothHosts> {
  const [main, releases] = [
    await start(fakeRunner(), { collectionPath }),
    await start(fakeRunner(), { collectionPath }),
  ];
  main.subscribe(subscription('https://example.com/build'));
  releases.subscribe(release);
  const hosts = new Map([
    [new URL(url).host, main],
    [releaseHost, releases],
  ]);
  const { run } = await startServices(hosts);
  return { main, releases, hooks: (...args) => run(['hooks', ...args, '--organization', url]) };
}

const idOf = ({ store }: LocalAzureDevOps): string => [...store.subscriptions.keys()][0] ?? '';

describe('service hooks of classic releases, which are on another host', function () {
  this.timeout(30_000);
  afterEach(async () => {
    await closeServices();
    await closeAll();
  });

  const places: [url: string, releaseHost: string, collectionPath: string][] = [
    ['https://dev.azure.com/my-org', 'vsrm.dev.azure.com', '/my-org'],
    ['https://my-org.visualstudio.com', 'my-org.vsrm.visualstudio.com', ''],
  ];
  for (const [url, releaseHost, collectionPath] of places) {
    it(`are listed, made once and deleted at ${releaseHost}`, async () => {
      const { main, releases, hooks } = await startBoth(url, releaseHost, collectionPath);

      const { stdout, stderr } = await hooks('list');
      assert.match(stdout, /tfs\/build\.complete[^]*rm\/ms\.vss-release\.release-created-event/, stderr);
      assert.match((await hooks('list', '--event', releaseEvent)).stdout, /EVENT\n.* rm\/ms\.vss-release/);
      assert.doesNotMatch((await hooks('list', '--publisher', 'tfs')).stdout, /rm\//);

      const receiver = ['--consumer', 'webHooks/httpRequest', '--input', 'url=https://127.0.0.1:9/release'];
      const again = await hooks('create', '--event', releaseEvent, ...receiver);
      assert.match(again.stdout, /^repaired/, again.stderr);
      const gone = await hooks('delete', idOf(releases));
      assert.match(gone.stdout, /^deleted/, gone.stderr);
      assert.deepEqual([main.store.subscriptions.size, releases.store.subscriptions.size], [1, 0]);
    });
  }

  it('are tested where they are', async () => {
    const { main, releases, hooks } = await startBoth(...(places[0] ?? ['', '', '']));
    const id = idOf(releases);
    await hooks('test', '--subscription', id);
    const tests = ({ requests }: LocalAzureDevOps) =>
      requests.filter(({ path }) => path.endsWith('/testnotifications')).length;
    assert.deepEqual([tests(main), tests(releases)], [0, 1]);
  });

  it('are named where they alone cannot be listed', async () => {
    const { releases, hooks } = await startBoth(...(places[0] ?? ['', '', '']));
    releases.store.faults.answers.set('POST /_apis/hooks/subscriptionsquery', 404);
    const { code, stderr } = await hooks('list');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /Cannot list the subscriptions to release events: .* -> 404\. .* of https:\/\/vsrm\.dev\.azure\.com\/my-org/,
    );
  });
});
