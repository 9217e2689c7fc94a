import type { Dispatcher } from 'undici';
import { CanceledError, NetworkError } from '../errors.ts';
import { connectionsAhead } from './ahead.ts';
import { asConnector, connect } from './connect.ts';
import { networkErrorOf } from './network-errors.ts';
import { type OpenPool, openPool } from './pool.ts';
import type { Proxy } from './proxy.ts';
import type { TlsOptions } from './tls-options.ts';
import { connectThrough } from './tunnel.ts';

/** Time to open a connection, TLS handshake and proxy included, in ms. */
export const connectTimeout = 10_000;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** With query, as it goes over the wire. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SendOptions {
  /** Time for the whole request, connecting included, in ms. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** One origin over HTTP/1.1 with keep-alive; connections are opened as they are needed. */
export interface Transport {
  /**
   * @throws NetworkError where no complete answer came.
   * @throws CanceledError where the signal was aborted.
   */
  send(request: HttpRequest, options: SendOptions): Promise<HttpResponse>;
  /**
   * Opens so many connections now, for requests that are about to go out side by side: each would else wait two round trips for
   * its own. What goes wrong with one is told by the request that needs it.
   */
  openAhead(count: number): void;
  close(): Promise<void>;
}

export interface TransportOptions {
  readonly origin: string;
  readonly proxy?: Proxy | undefined;
  readonly tls?: TlsOptions | undefined;
  /** Most connections at a time. */
  readonly connections?: number;
}

/** undici is loaded with the first request, while the first connection waits for the answer to its TLS handshake. */
export function createTransport({ origin, proxy, tls, connections = 1 }: TransportOptions): Transport {
  const target = new URL(origin);
  // A pool that is destroyed leaves those connections alone that it is just opening, or that nobody has asked for yet.
  const closing = new AbortController();
  let onUnderWay: () => void = () => undefined;
  const underWay = new Promise<void>((resolve) => (onUnderWay = resolve));
  const options = { tls, timeout: connectTimeout, signal: closing.signal, onUnderWay };
  const ahead = connectionsAhead(async () => {
    try {
      return await (proxy === undefined ? connect(target, options) : connectThrough(proxy, target, options));
    } finally {
      onUnderWay();
    }
  });
  let pool: Promise<OpenPool> | undefined;
  const open = async (count: number) => {
    ahead.open(count);
    await underWay;
    return openPool(origin, { connections, connect: asConnector(() => ahead.next()) });
  };
  return {
    send: (request, sendOptions) => send(() => (pool ??= open(1)), request, sendOptions),
    openAhead(count) {
      pool ??= open(count);
    },
    async close() {
      closing.abort();
      await (await pool)?.destroy();
    },
  };
}

function send(
  open: () => Promise<OpenPool>,
  request: HttpRequest,
  { timeout, signal }: SendOptions,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let mayHaveArrived = false;
    let controller: Dispatcher.DispatchController | undefined;
    let stopped: Error | undefined;
    const chunks: Buffer[] = [];
    let status = 0;
    let headers: Record<string, string> = {};

    // The pool can only abort what has been started; what still waits for a connection is aborted when it starts.
    const stop = (reason: Error) => {
      stopped = reason;
      settle();
      controller?.abort(reason);
      reject(reason);
    };
    const timer = setTimeout(() => stop(timeoutError(timeout, mayHaveArrived)), timeout);
    const cancel = () => stop(new CanceledError());
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    };
    if (signal.aborted) return cancel();
    signal.addEventListener('abort', cancel);

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started;
        if (stopped !== undefined) started.abort(stopped);
        else mayHaveArrived = true;
      },
      onResponseStart(_controller, statusCode, incoming) {
        status = statusCode;
        headers = singleValues(incoming);
      },
      onResponseData: (_controller, chunk) => void chunks.push(chunk),
      onResponseEnd() {
        settle();
        resolve({ status, headers, body: Buffer.concat(chunks).toString('utf8') });
      },
      onResponseError(_controller, error) {
        settle();
        reject(stopped ?? networkErrorOf(error, { mayHaveArrived, hasStatus: status !== 0 }));
      },
    };
    const toSend = { ...request, body: request.body ?? null, headersTimeout: 0, bodyTimeout: 0 };
    open().then((pool) => stopped ?? pool.dispatch(toSend, handler), stop);
  });
}

function timeoutError(timeout: number, mayHaveArrived: boolean): NetworkError {
  return new NetworkError({
    fault: 'timeout',
    mayHaveArrived,
    message: `no answer within ${Math.max(1, Math.round(timeout / 100)) / 10} s`,
  });
}

function singleValues(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')]),
  );
}
