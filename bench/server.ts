import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { startRelay } from './relay.ts';

/**
 * A process that answers a report step as Port does, as fast as it can, so that what is measured is the client. Its parent's
 * first message starts it; each further one asks for the counts, which begin anew.
 */

export interface ServerOrder {
  readonly key: string;
  readonly cert: string;
  /** Round-trip time of the slow port, in ms. */
  readonly roundTrip: number;
}

export interface ServerPorts {
  readonly direct: number;
  /** The same server, behind a line with the round-trip time. */
  readonly slow: number;
}

/** What has reached the server since the last question. */
export interface Counts {
  readonly requests: number;
  readonly connections: number;
}

let counts = { requests: 0, connections: 0 };

process.once('message', (order) => void start(order as ServerOrder));
// A bench that failed, or was killed, leaves no server behind.
process.on('disconnect', () => process.exit());

async function start({ key, cert, roundTrip }: ServerOrder): Promise<void> {
  const server = createServer({ key, cert, keepAlive: true }, (request, response) => {
    void answer(request, response);
  });
  server.on('secureConnection', () => counts.connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const direct = (server.address() as AddressInfo).port;
  const slow = await startRelay(direct, roundTrip);
  process.on('message', () => {
    process.send?.(counts satisfies Counts);
    counts = { requests: 0, connections: 0 };
  });
  process.send?.({ direct, slow } satisfies ServerPorts);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  counts.requests++;
  await text(request);
  const { url = '' } = request;
  const content = JSON.stringify(
    url.endsWith('/access_token') ? token : url.endsWith('/logs') ? logLine : run,
  );
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(content),
  });
  response.end(content);
}

const token = { ok: true, accessToken: 'bench-access-token', expiresIn: 10_800, tokenType: 'Bearer' };
const logLine = { ok: true, runLog: { runId: 'r_bench', message: 'Deployed checkout to test' } };
const run = { ok: true, run: { id: 'r_bench', status: 'SUCCESS' } };
