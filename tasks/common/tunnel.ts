import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { Dispatcher } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';
import createConnector from 'undici/lib/core/connect.js';
import { ProxyError } from './network-errors.ts';
import type { Proxy } from './proxy.ts';

/**
 * Wraps a connector so that it goes through an HTTP proxy: CONNECT first, TLS to the target inside the tunnel.
 * undici's own ProxyAgent does the same, but tells a refusal (403), a missing login (407) and a cut line apart by text only.
 */
export function tunnelThrough(
  proxy: Proxy,
  connect: buildConnector.connector,
  timeout: number,
): buildConnector.connector {
  return (options, callback) => {
    openTunnel(proxy, `${options.hostname}:${options.port || '443'}`, timeout).then(
      (socket) => connect({ ...options, httpSocket: socket }, callback),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

function openTunnel(proxy: Proxy, authority: string, timeout: number): Promise<Socket> {
  const client = new Client(proxy.url.origin, { connect: createConnector({ timeout }) });
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
    const timer = setTimeout(
      () =>
        fail(
          new ProxyError('proxyTimeout', `${named(proxy)} did not open a tunnel within ${timeout / 1000} s`),
        ),
      timeout,
    );
    const answered = (status: number, socket?: Socket) => {
      if (status === 200 && socket !== undefined) {
        clearTimeout(timer);
        resolve(socket);
      } else {
        socket?.on('error', () => undefined).destroy();
        fail(refusal(proxy, status));
      }
    };
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      onRequestUpgrade: (_controller, status, _headers, socket) => answered(status, socket as Socket),
      onResponseStart: (_controller, status) => answered(status),
      onResponseError: (_controller, error) =>
        fail(
          new ProxyError('proxyRefused', `${named(proxy)} cannot be reached: ${error.message}`, {
            cause: error,
          }),
        ),
    };
    client.dispatch({ method: 'CONNECT', path: authority, headers }, handler);
  });
}

function refusal(proxy: Proxy, status: number): ProxyError {
  return status === 407
    ? new ProxyError('proxyAuthentication', `${named(proxy)} asks for a login (407)`)
    : new ProxyError('proxyRefused', `${named(proxy)} refused the tunnel (${status})`);
}

function named(proxy: Proxy): string {
  return `the proxy ${proxy.url.host} (${proxy.source})`;
}
