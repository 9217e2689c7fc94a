import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Fault, Faults } from './faults.ts';

const PAGE =
  '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to continue</body></html>';

/** Never settles: the call is given up where it stands. */
const never = (): Promise<never> => new Promise<never>(() => undefined);

/** Lets the scripted faults strike before a call is carried out, or on its answer. */
export function addFaultHooks(
  app: FastifyInstance,
  faults: Faults,
  note: (id: string, kind: string) => void,
): void {
  const pending = new WeakMap<FastifyRequest, Fault>();

  app.addHook('onRequest', async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    for (const fault of faults.strike(request.method, path)) {
      note(request.id, fault.kind);
      if (await strikesBefore(fault, request, reply)) return reply;
      pending.set(request, fault);
    }
    return undefined;
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const fault = pending.get(request);
    return fault ? strikesAfter(fault, reply, payload) : payload;
  });
}

/** True when the call ends here, unanswered or answered. */
async function strikesBefore(fault: Fault, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
  switch (fault.kind) {
    case 'latency':
      await delay(fault.ms);
      return false;
    case 'silence':
      return never();
    case 'reset-before':
      request.raw.socket.resetAndDestroy();
      return never();
    case 'html':
      await reply.code(200).type('text/html').send(PAGE);
      return true;
    case 'empty':
      await reply.code(200).send();
      return true;
    case 'status':
      if (fault.isProcessed) return false;
      await reply
        .code(fault.status)
        .headers(fault.headers ?? {})
        .send(faultBody(fault));
      return true;
    case 'reset-after':
    case 'cut':
      return false;
  }
}

async function strikesAfter(fault: Fault, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const { raw } = reply;
  if (fault.kind === 'status' && fault.isProcessed) {
    const body = JSON.stringify(faultBody(fault));
    reply.code(fault.status).headers({ ...fault.headers, 'content-length': Buffer.byteLength(body) });
    return body;
  }
  if (fault.kind === 'reset-after') {
    raw.socket?.resetAndDestroy();
    return never();
  }
  if (fault.kind === 'cut') {
    const bytes = Buffer.from(String(payload));
    raw.writeHead(reply.statusCode, { 'content-type': 'application/json', 'content-length': bytes.length });
    raw.write(bytes.subarray(0, bytes.length / 2), () => raw.socket?.destroy());
    return never();
  }
  return payload;
}

function faultBody({ status, body }: { status: number; body?: unknown }): unknown {
  return (
    body ?? { ok: false, error: ERRORS[status] ?? 'internal_error', message: `Scripted fault ${status}` }
  );
}

const ERRORS: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'missing_permissions',
  404: 'not_found',
  413: 'bad_request',
  422: 'invalid_request',
  429: 'too_many_requests',
};
