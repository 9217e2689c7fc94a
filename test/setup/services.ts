import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalAzureDevOps } from '../../local/azure-devops/index.ts';
import { createAuthority } from '../../local/certificates.ts';
import { type ProxyOptions, type ProxyServer, startProxy } from '../support/proxy-server.ts';
import { type Ended, pat, runCommand } from './command-line.ts';

const closers: (() => Promise<unknown>)[] = [];

export async function closeServices(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

/** Azure DevOps by its public names: reached through a proxy alone, over TLS. */
export interface Services {
  readonly proxy: ProxyServer;
  readonly run: (args: readonly string[], proxyUrl?: string) => Promise<Ended>;
}

function startFront(hosts: ReadonlyMap<string, LocalAzureDevOps>, tls: { key: string; cert: string }) {
  const front = createServer(tls, (incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const ado = hosts.get(headers.host ?? '');
    if (ado === undefined) return void outgoing.writeHead(502).end();
    const { hostname, port } = new URL(ado.url);
    const forwarded = request({ host: hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  closers.push(
    () =>
      new Promise((resolve) => {
        front.close(resolve);
        front.closeAllConnections();
      }),
  );
  return front;
}

/** Stands each organization on its host name. */
export async function startServices(
  hosts: ReadonlyMap<string, LocalAzureDevOps>,
  options: ProxyOptions = {},
): Promise<Services> {
  const authority = createAuthority();
  const front = startFront(hosts, authority.issue({ hosts: [...hosts.keys()] }));
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const proxy = await startProxy({ target: (front.address() as AddressInfo).port, ...options });
  const folder = await mkdtemp(join(tmpdir(), 'services-'));
  await writeFile(join(folder, 'ca.pem'), authority.cert);
  closers.push(
    () => rm(folder, { recursive: true }),
    () => proxy.close(),
  );
  return {
    proxy,
    run: (args, proxyUrl = proxy.url) =>
      runCommand(args, { ...pat, HTTPS_PROXY: proxyUrl, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') }),
  };
}
