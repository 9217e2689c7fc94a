import { Socket } from 'node:net';
import type { Dispatcher, buildConnector } from 'undici';
import createConnector from 'undici/lib/core/connect.js';
import Client from 'undici/lib/dispatcher/client.js';
import { ProxyError, connectionFaultOf } from './network-errors.ts';
import type { Proxy } from './proxy.ts';

export interface TunnelOptions {
  readonly proxy: Proxy;
  /** Certificate authorities for the proxy's own certificate, where it is reached by https. */
  readonly ca: string[] | undefined;
  /** Time until the tunnel is open, in ms. */
  readonly timeout: number;
  /** Aborted when everything is to be closed, half-open tunnels included. */
  readonly signal: AbortSignal;
}

/**
 * Wraps a connector so that it goes through an HTTP proxy: CONNECT first, TLS to the target inside the tunnel.
 * undici's own ProxyAgent does the same, but tells a refusal (403), a missing login (407) and a cut line apart by text only.
 */
export function tunnelThrough(
  tunnel: TunnelOptions,
  connect: buildConnector.connector,
): buildConnector.connector {
  return (options, callback) => {
    openTunnel(tunnel, authorityOf(options)).then(
      (socket) => connect({ ...options, httpSocket: socket }, callback),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

/** The connector's host name is bare; an IPv6 address needs its brackets again. */
function authorityOf({ hostname, port }: buildConnector.Options): string {
  return `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port || '443'}`;
}

function openTunnel({ proxy, ca, timeout, signal }: TunnelOptions, authority: string): Promise<Socket> {
  const connector = createConnector({
    timeout,
    signal,
    ...(ca !== undefined && { ca }),
    rejectUnauthorized: true,
  });
  // undici takes the name for the certificate from the Host header, which names the target here; empty, it is the proxy's.
  const connect: buildConnector.connector = (options, callback) =>
    connector({ ...options, servername: '' }, callback);
  const client = new Client(proxy.url.origin, { connect });
  const headers = {
    host: authority,
    ...(proxy.authorization !== undefined && { 'proxy-authorization': proxy.authorization }),
  };
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
