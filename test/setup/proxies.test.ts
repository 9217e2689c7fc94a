import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '../../local/certificates.ts';
import { closeAll, start } from '../local/azure-devops/fixture.ts';
import { type ProxyOptions, type ProxyServer, startProxy } from '../support/proxy-server.ts';
import { type Ended, pat, runCommand } from './command-line.ts';

/** Azure DevOps by its public name: reached through a proxy alone, over TLS. */
interface Behind {
  readonly proxy: ProxyServer;
  readonly list: (proxyUrl: string, ...args: string[]) => Promise<Ended>;
}

const closers: (() => Promise<unknown>)[] = [];

async function startBehind(options: ProxyOptions = {}): Promise<Behind> {
  const ado = await start();
  const authority = createAuthority();
  const target = new URL(ado.url);
  const front = createServer(authority.issue({ hosts: ['dev.azure.com'] }), (incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const forwarded = request(
      { host: target.hostname, port: target.port, method, path, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      },
    );
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const proxy = await startProxy({ target: (front.address() as AddressInfo).port, ...options });
  const folder = await mkdtemp(join(tmpdir(), 'proxies-'));
  await writeFile(join(folder, 'ca.pem'), authority.cert);
  closers.push(
    () => rm(folder, { recursive: true }),
    () =>
      new Promise((resolve) => {
        front.close(resolve);
        front.closeAllConnections();
      }),
    () => proxy.close(),
  );
  return {
    proxy,
    list: (proxyUrl, ...args) =>
      runCommand(['hooks', 'list', '--organization', 'my-org', ...args], {
        ...pat,
        HTTPS_PROXY: proxyUrl,
        NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      }),
  };
}

describe('a proxy before Azure DevOps', function () {
  this.timeout(30_000);
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    await closeAll();
  });

  it('is tunnelled through, with the name of an organization alone', async () => {
    const { proxy, list } = await startBehind();
    const { code, stdout, stderr } = await list(proxy.url);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'No subscription.\n');
    assert.ok(proxy.asked.every((authority) => authority === 'dev.azure.com:443'));
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
    assert.equal(code, 1);
    assert.match(stderr, /^error Cannot sign in.*no answer from https:\/\/dev\.azure\.com\/my-org.*407.*\n$/);
    assert.ok(!stderr.includes('hidden'));
  });

  it('that says nothing ends with the time of the call', async () => {
    const { proxy, list } = await startBehind({ mode: 'hang' });
    const { code, stderr } = await list(proxy.url, '--timeout', '1');
    assert.equal(code, 1);
    assert.match(stderr, /^error Cannot sign in.*nothing within 1 s.*HTTPS_PROXY.*\n$/);
  });
});
