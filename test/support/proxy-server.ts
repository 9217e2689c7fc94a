import { type IncomingMessage, createServer } from 'node:http';
import { type ServerOptions, createServer as createTlsServer } from 'node:https';
import { type AddressInfo, type Socket, connect } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ProxyOptions {
  /** `tunnel` connects; a number is the status of the refusal, after which the connection stays open; `hang` says nothing; `close` ends the connection. */
  readonly mode?: 'tunnel' | 'hang' | 'close' | number;
  /** What Proxy-Authorization has to be; without it the proxy answers 407. */
  readonly authorization?: string;
  /** Where a tunnel leads, whatever host was asked for: a port of the loopback. */
  readonly target?: number;
  /** So many are connected; all that are asked for after them are refused with 403. */
  readonly mostTunnels?: number;
  readonly tls?: ServerOptions;
}

/** An HTTP proxy on the loopback that knows CONNECT alone. */
export interface ProxyServer {
  readonly url: string;
  readonly port: number;
  /** The authorities that were asked for. */
  readonly asked: readonly string[];
  readonly openSockets: number;
  close(): Promise<void>;
}

export async function startProxy(options: ProxyOptions = {}): Promise<ProxyServer> {
  const asked: string[] = [];
  const sockets = new Set<Duplex>();
  const keep = <Stream extends Duplex>(socket: Stream): Stream => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
  server.on('connection', (socket: Socket) => keep(socket));
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    asked.push(request.url ?? '');
    keep(client);
    const isOneTooMany = asked.length > (options.mostTunnels ?? Infinity);
    tunnel(isOneTooMany ? { mode: 403 } : options, request, { client, keep });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    asked,
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

function tunnel(
  { mode = 'tunnel', authorization, target }: ProxyOptions,
  { url = '', headers }: IncomingMessage,
  { client, keep }: { client: Duplex; keep: <Stream extends Duplex>(socket: Stream) => Stream },
): void {
  const isLoginMissing = authorization !== undefined && headers['proxy-authorization'] !== authorization;
  const status = isLoginMissing ? 407 : mode;
  if (status === 'close') {
    client.destroy();
    return;
  }
  if (status !== 'tunnel') client.on('end', () => client.destroy()).resume();
  if (status === 'hang') return;
  if (typeof status === 'number') {
    client.write(`HTTP/1.1 ${status} No\r\nproxy-authenticate: Basic\r\ncontent-length: 2\r\n\r\nno`);
    return;
  }
  const { hostname, port } = new URL(`http://${url}`);
  const host = target === undefined ? hostname.replace(/^\[|\]$/g, '') : '127.0.0.1';
  const upstream = keep(connect({ host, port: target ?? Number(port) }));
  upstream.once('connect', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.pipe(client).pipe(upstream);
  });
  upstream.on('close', () => client.destroy());
  client.on('close', () => upstream.destroy());
}
