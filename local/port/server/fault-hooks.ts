import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Fault, Faults } from './faults.ts';

const PAGE =
  '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to continue</body></html>';

/** Error words of the scripted statuses. */
const ERRORS: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'missing_permissions',
  404: 'not_found',
  413: 'bad_request',
  422: 'invalid_request',
  429: 'too_many_requests',
};

/** Never settles: the call is given up where it stands. */
const never = (): Promise<never> => new Promise<never>(() => undefined);

/** A body as JSON; one that is taken in as bytes is JSON already. */
const textOf = (body: unknown): string =>
  Buffer.isBuffer(body) ? body.toString() : JSON.stringify(body ?? null);

/** Lets the scripted faults strike before a call is carried out, or on its answer. */
export function addFaultHooks(
  app: FastifyInstance,
  faults: Faults,
  note: (requestId: string, kind: string) => void,
): void {
  const pending = new WeakMap<FastifyRequest, Fault>();

  const strike = async (request: FastifyRequest, reply: FastifyReply, body?: { text: string }) => {
    const path = request.url.split('?', 1)[0] ?? '';
    for (const fault of faults.strike(request.method, path, body)) {
      note(request.id, fault.kind);
      if (fault.kind === 'latency') await delay(fault.ms);
      else if (fault.isProcessed) pending.set(request, fault);
      else return refuse(fault, reply);
    }
    return undefined;
  };
  app.addHook('onRequest', (request, reply) => strike(request, reply));
  app.addHook('preValidation', (request, reply) => strike(request, reply, { text: textOf(request.body) }));

  app.addHook('onSend', async (request, reply, payload) => {
    const fault = pending.get(request);
    if (!fault) return payload;
    pending.delete(request);
    return spoil(fault, reply, payload);
  });
}

/** Ends a call that is not carried out. */
async function refuse(fault: Fault, reply: FastifyReply): Promise<FastifyReply> {
  switch (fault.kind) {
    case 'status':
      return reply
        .code(fault.status)
        .headers(fault.headers ?? {})
        .send(bodyOf(fault));
    case 'html':
      return reply.code(200).type('text/html').send(PAGE);
    case 'empty':
      return reply.code(200).send();
    case 'reset':
      reset(reply);
      return never();
    default:
      return never();
  }
}

/** Spoils the answer of a call that was carried out; what is returned is sent instead. */
async function spoil(fault: Fault, reply: FastifyReply, payload: unknown): Promise<string> {
  switch (fault.kind) {
    case 'status':
      reply.headers(fault.headers ?? {});
      return replace(reply, fault.status, JSON.stringify(bodyOf(fault)));
    case 'html':
      reply.type('text/html');
      return replace(reply, 200, PAGE);
    case 'empty':
      return replace(reply, 200, '');
    case 'reset':
      reset(reply);
      return never();
    case 'cut':
      cut(reply, Buffer.from(payload as string));
      return never();
    default:
      return never();
  }
}

function replace(reply: FastifyReply, status: number, body: string): string {
  reply.code(status).header('content-length', Buffer.byteLength(body));
  return body;
}

/** A TLS socket can't send a reset; to the client its sudden end is one all the same. */
function reset({ raw }: FastifyReply): void {
  const { socket }: { readonly socket: Socket | null } = raw;
  if (socket instanceof TLSSocket || !socket?.resetAndDestroy) socket?.destroy();
  else socket.resetAndDestroy();
}

function cut(reply: FastifyReply, bytes: Buffer): void {
  const { raw } = reply;
  const headers = reply
    .headers({ 'content-type': 'application/json', 'content-length': bytes.length })
    .getHeaders();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(reply.statusCode);
  raw.write(bytes.subarray(0, bytes.length / 2), () => raw.socket?.destroy());
}

function bodyOf({ status, body }: { readonly status: number; readonly body?: unknown }): unknown {
  return (
    body ?? { ok: false, error: ERRORS[status] ?? 'internal_error', message: `Scripted fault ${status}` }
  );
}
