import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type ServerOptions, createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** What the server does with one request. */
export type Reply =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string | string[]>>;
      /** An object goes out as JSON, text as it is. */
      readonly body?: unknown;
    }
  | 'reset'
  | 'silence'
  /** Half a body under its full length, and the end of the connection. */
  | 'cut';

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server on the loopback that answers from a list and keeps what it was asked. */
export interface ScriptedServer {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly LoggedRequest[];
  /** "POST /v1/auth/access_token", one for each request. */
  readonly lines: readonly string[];
  /** How many connections were opened to it so far. */
  readonly connections: number;
  readonly openSockets: number;
  close(): Promise<void>;
}

export type Script = readonly Reply[] | ((request: LoggedRequest, index: number) => Reply | Promise<Reply>);

/** @param script the replies in order; the last one stands for all that follow. Or a function that picks. */
export async function startScriptedServer(script: Script, tls?: ServerOptions): Promise<ScriptedServer> {
  const requests: LoggedRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const listener = (incoming: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
      requests.push(request);
      const index = requests.length - 1;
      const reply =
        typeof script === 'function' ? script(request, index) : script[Math.min(index, script.length - 1)];
      if (reply instanceof Promise) void reply.then((late) => answer(late, response));
      else answer(reply, response);
    });
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    get lines() {
      return requests.map(({ method, path }) => `${method} ${path}`);
    },
    get connections() {
      return connections;
    },
    get openSockets() {
      return sockets.size;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function answer(reply: Reply | undefined, response: ServerResponse): void {
  if (reply === undefined || reply === 'silence') return;
  if (reply === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (reply === 'cut') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"ok":true,', () => response.socket?.destroy());
    return;
  }
  const { status, headers = {}, body = { ok: true } } = reply;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}
