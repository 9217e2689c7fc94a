import assert from 'node:assert/strict';
import { closeAll, start } from '../local/azure-devops/fixture.ts';
import type { ProxyOptions, ProxyServer } from '../support/proxy-server.ts';
import type { Ended } from './command-line.ts';
import { closeServices, startServices } from './services.ts';

interface Behind {
  readonly proxy: ProxyServer;
  readonly list: (proxyUrl: string, ...args: string[]) => Promise<Ended>;
}

async function startBehind(options: ProxyOptions = {}): Promise<Behind> {
  const hosts = new Map(
    await Promise.all(
      ['dev.azure.com', 'vsrm.dev.azure.com'].map(async (host) => [host, await start()] as const),
    ),
  );
  const { proxy, run } = await startServices(hosts, options);
  return {
    proxy,
    list: (proxyUrl, ...args) => run(['hooks', 'list', '--organization', 'my-org', ...args], proxyUrl),
  };
}

describe('a proxy before Azure DevOps', function () {
  this.timeout(30_000);
  afterEach(async () => {
    await closeServices();
    await closeAll();
  });

  it('is tunnelled through, with the name of an organization alone', async () => {
    const { proxy, list } = await startBehind();
    const { code, stdout, stderr } = await list(proxy.url);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'No subscription.\n');
    assert.ok(proxy.asked.every((authority) => /^(vsrm\.)?dev\.azure\.com:443$/.test(authority)));
  });

  it('is given its user name and password', async () => {
    const authorization = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    const { proxy, list } = await startBehind({ authorization });
    const { code, stderr } = await list(proxy.url.replace('//', '//me:p%40ss@'));
    assert.equal(code, 0, stderr);
  });

  it('that refuses is told as such, in one line and without its password', async () => {
    const { proxy, list } = await startBehind({ mode: 407 });
    const { code, stderr } = await list(proxy.url.replace('//', '//me:hidden@'));
    assert.equal(code, 3);
    assert.match(stderr, /^error Cannot sign in.*no answer from https:\/\/dev\.azure\.com\/my-org.*407.*\n$/);
    assert.ok(!stderr.includes('hidden'));
  });

  it('that says nothing ends with the time of the call', async () => {
    const { proxy, list } = await startBehind({ mode: 'hang' });
    const { code, stderr } = await list(proxy.url, '--timeout', '1');
    assert.equal(code, 3);
    assert.match(stderr, /^error Cannot sign in.*nothing within 1 s.*HTTPS_PROXY.*\n$/);
  });
});
