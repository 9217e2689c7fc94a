import { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { type ConnectOptions, asConnector, connect } from './connect.ts';
import { ProxyError, connectionFaultOf } from './network-errors.ts';
import type { Proxy } from './proxy.ts';

/**
 * Opens a connection through an HTTP proxy: CONNECT first, TLS to the target inside the tunnel. Of the TLS options the proxy itself,
 * where it is reached by https, gets the certificate authorities alone.
 * undici's own ProxyAgent does the same, but tells a refusal (403), a missing login (407) and a cut line apart by text only.
 * @throws ProxyError, and what `connect` throws.
 */
export async function connectThrough(proxy: Proxy, target: URL, options: ConnectOptions): Promise<Socket> {
  const through = await openTunnel(proxy, authorityOf(target), options);
  return connect(target, { ...options, through });
}

function authorityOf({ hostname, port }: URL): string {
  return `${hostname}:${port || '443'}`;
}

async function openTunnel(proxy: Proxy, authority: string, options: ConnectOptions): Promise<Socket> {
  const { tls, timeout, signal } = options;
  const ca = tls?.ca;
  const toProxy = { tls: ca && { ca }, timeout, signal };
  const { Client } = await import('./undici.ts');
  const client = new Client(proxy.url.origin, { connect: asConnector(() => connect(proxy.url, toProxy)) });
  const headers = { host: authority, 'proxy-authorization': proxy.authorization };
  return new Promise((resolve, reject) => {
    const fail = (error: ProxyError) => {
      clearTimeout(timer);
      void client.destroy();
      reject(error);
    };
    const hang = `${named(proxy)} did not open a tunnel within ${timeout / 1000} s`;
    const timer = setTimeout(() => fail(new ProxyError('proxyTimeout', hang)), timeout);
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      // Any answer to CONNECT comes here, a refusal too.
      onRequestUpgrade(_controller, status, _headers, socket) {
        if (socket instanceof Socket && status >= 200 && status < 300) {
          clearTimeout(timer);
          resolve(socket);
        } else {
          socket.destroy();
          fail(refusal(proxy, status));
        }
      },
      onResponseError: (_controller, error) => fail(unreachable(proxy, error)),
    };
    client.dispatch({ method: 'CONNECT', path: authority, headers }, handler);
  });
}

function refusal(proxy: Proxy, status: number): ProxyError {
  if (status === 407) return new ProxyError('proxyAuthentication', `${named(proxy)} asks for a login (407)`);
  return status >= 500
    ? new ProxyError('proxyFailed', `${named(proxy)} could not open the tunnel (${status})`)
    : new ProxyError('proxyRefused', `${named(proxy)} refused the tunnel (${status})`);
}

function unreachable(proxy: Proxy, cause: Error): ProxyError {
  const fault = connectionFaultOf(cause).startsWith('tls') ? 'proxyTls' : 'proxyUnreachable';
  return new ProxyError(fault, `${named(proxy)} cannot be reached: ${cause.message}`, { cause });
}

function named(proxy: Proxy): string {
  return `the proxy ${proxy.url.host} (${proxy.source})`;
}
