import { type Socket, connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import type { TlsOptions } from './tls-options.ts';

/** Before the system asks whether the other side of a silent connection is still there, in ms. */
const keepAliveDelay = 60_000;

export interface ConnectOptions {
  readonly tls?: TlsOptions | undefined;
  /** A connection that leads there already; TLS is begun in it. */
  readonly through?: Socket | undefined;
  /** Until it is open, the TLS handshake included, in ms. */
  readonly timeout: number;
  /** Aborted when everything is to be closed. */
  readonly signal: AbortSignal;
  /** Called when TCP stands: now the answer to the TLS handshake is waited for. */
  readonly onUnderWay?: () => void;
}

/**
 * Opens a connection to an origin: TCP, and TLS over it where the origin is https. Certificates are always checked.
 * @throws what Node says, or an error with the code ETIMEDOUT.
 */
export async function connect(
  { protocol, hostname, port }: URL,
  { tls, through, timeout, signal, onUnderWay = () => undefined }: ConnectOptions,
): Promise<Socket> {
  const isTls = protocol === 'https:';
  const host = hostname.replace(/[[\]]/g, '');
  const address = { host, port: Number(port || (isTls ? 443 : 80)), signal };
  const socket = isTls
    ? connectTls({
        ...address,
        socket: through,
        ...tls,
        servername: isIP(host) === 0 ? host : '',
        ALPNProtocols: ['http/1.1'],
        // Said outright, for the variable NODE_TLS_REJECT_UNAUTHORIZED changes Node's default.
        rejectUnauthorized: true,
      })
    : connectTcp(address);
  socket.once('connect', onUnderWay);
  socket.setNoDelay(true).setKeepAlive(true, keepAliveDelay);
  return await new Promise((resolve, reject) => {
    const late = () => socket.destroy(connectTimeoutError(`${host}:${address.port}`, timeout));
    const timer = setTimeout(late, timeout);
    const settle = (end: () => void) => {
      clearTimeout(timer);
      end();
    };
    // The listener for errors stays: one that comes while nobody uses the connection is nobody's.
    socket.on('error', (error: Error) => settle(() => reject(error)));
    socket.once(isTls ? 'secureConnect' : 'connect', () => settle(() => resolve(socket)));
  });
}

function connectTimeoutError(where: string, timeout: number): Error {
  const error = new Error(`${where} did not take a connection within ${timeout / 1000} s`);
  return Object.assign(error, { code: 'ETIMEDOUT' });
}

/** For a client of undici, which always asks for the same origin. */
export function asConnector(open: () => Promise<Socket>): buildConnector.connector {
  return (_options, callback) => {
    open().then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}
