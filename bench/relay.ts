import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificate } from '../local/certificates.ts';

/**
 * A line to a port of this machine that takes a round-trip time: half of it each way, and a whole one more before the first
 * byte, as the TCP handshake takes on a real line.
 * @param roundTrip in ms
 * @returns the port of the relay
 */
export function startRelay(target: number, roundTrip: number): Promise<number> {
  const relay = createServer((client) => {
    const opened = performance.now();
    const server = connect(target, '127.0.0.1');
    client.setNoDelay(true);
    server.setNoDelay(true);
    passOn(client, server, () => Math.max(opened + roundTrip - performance.now(), 0) + roundTrip / 2);
    passOn(server, client, () => roundTrip / 2);
  });
  return listen(relay);
}

/** TLS in front of a port of this machine. @returns its own port */
export function startTlsFront(target: number, certificate: Certificate): Promise<number> {
  const front = createTlsServer(certificate, (client) => {
    const server = connect(target, '127.0.0.1');
    client.setNoDelay(true);
    server.setNoDelay(true);
    pipeline(client, server, client, () => undefined);
  });
  return listen(front);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Timers of one length fire in the order in which they were set, and so do these: the delay only ever falls by what has passed. */
function passOn(from: Socket, to: Socket, delay: () => number): void {
  from.on('data', (chunk) => setTimeout(() => to.write(chunk), delay()));
  from.on('end', () => setTimeout(() => to.end(), delay()));
  from.on('error', () => to.destroy());
}
