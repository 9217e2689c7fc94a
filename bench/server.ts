import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { startRelay } from './relay.ts';

/**
 * A process that answers as Port does, as fast as it can, so that what is measured is the client. It is told what to do by
 * messages of its parent, and counts what reached it.
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

export interface Counts {
  readonly requests: number;
  readonly connections: number;
  /** Calls that brought many entities. */
  readonly bulkCalls: number;
}

/** Sets how long each answer takes from now on, in ms, and asks for the counts, which begin anew. */
export interface CountOrder {
  readonly latency: number;
}

let counts = { requests: 0, connections: 0, bulkCalls: 0 };
let latency = 0;

process.once('message', (order) => void start(order as ServerOrder));

async function start({ key, cert, roundTrip }: ServerOrder): Promise<void> {
  const server = createServer({ key, cert, keepAlive: true }, (request, response) => {
    void answer(request, response);
  });
  server.on('secureConnection', () => counts.connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const direct = (server.address() as AddressInfo).port;
  const slow = await startRelay(direct, roundTrip);
  process.on('message', (order) => {
    const { requests, connections, bulkCalls } = counts;
    counts = { requests: 0, connections: 0, bulkCalls: 0 };
    latency = (order as CountOrder).latency;
    process.send?.({ requests, connections, bulkCalls } satisfies Counts);
  });
  process.send?.({ direct, slow } satisfies ServerPorts);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  counts.requests++;
  const arrived = performance.now();
  const body = await text(request);
  const path = (request.url ?? '').replace(/\?.*/, '');
  const content = JSON.stringify(contentFor(path, body));
  const send = () => {
    response.writeHead(path.endsWith('/bulk') ? 207 : 200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(content),
    });
    response.end(content);
  };
  const left = latency - (performance.now() - arrived);
  if (left > 0) setTimeout(send, left);
  else send();
}

function contentFor(path: string, body: string): unknown {
  if (path.endsWith('/access_token'))
    return { ok: true, accessToken: 'bench-access-token', expiresIn: 10_800, tokenType: 'Bearer' };
  if (path.endsWith('/bulk')) return bulkResults(body);
  if (path.endsWith('/entities')) return { ok: true, entity: JSON.parse(body) as unknown };
  if (path.startsWith('/v1/blueprints/')) return { ok: true, blueprint };
  return { ok: true, run: { id: 'r_bench', status: 'SUCCESS' } };
}

const blueprint = {
  identifier: 'service',
  schema: {
    properties: {
      url: { type: 'string' },
      language: { type: 'string' },
      replicas: { type: 'number' },
      isPublic: { type: 'boolean' },
    },
  },
  relations: {},
};

function bulkResults(body: string): unknown {
  counts.bulkCalls++;
  const { entities } = JSON.parse(body) as { entities: { identifier: string }[] };
  return {
    ok: true,
    entities: entities.map(({ identifier }, index) => ({ created: true, identifier, index })),
    errors: [],
  };
}
