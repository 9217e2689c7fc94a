import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Form, FormLoop, Values } from './forms.ts';
import { viewOf, watchView } from './view.ts';

const files = {
  '/': ['page.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/icon.svg': ['../../images/icon.svg', 'image/svg+xml'],
} as const;

/** Nothing from elsewhere, nothing inline, and no other page around it. */
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

export interface Page {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A page that shows the loop and starts its actions, on a port of 127.0.0.1 (0 takes a free one). What it shows comes
 * as server-sent events.
 */
export async function startPage(loop: FormLoop, port = 0): Promise<Page> {
  const app = Fastify({ forceCloseConnections: true });
  app.addHook('onRequest', (request, reply, done) => {
    for (const [name, value] of Object.entries(headers)) reply.raw.setHeader(name, value);
    if (isOwn(request)) done();
    else void reply.code(403).send({ message: 'Only the page itself may call this server.' });
  });
  for (const [path, [file, type]] of Object.entries(files))
    app.get(path, (_request, reply) => reply.type(type).send(readFileSync(join(import.meta.dirname, file))));
  addEvents(app, loop);
  addForms(app, loop);
  const url = await app.listen({ host: '127.0.0.1', port });
  return { url, close: () => app.close() };
}

/**
 * A name that points here makes no other site this page, and only the page itself may start something: no browser lets
 * a site choose the Host and Origin that it sends.
 */
function isOwn({ method, headers: { host = '', origin }, socket: { localPort } }: FastifyRequest): boolean {
  const isHere = [`127.0.0.1:${localPort}`, `localhost:${localPort}`].includes(host);
  return isHere && (method === 'GET' || method === 'HEAD' || origin === `http://${host}`);
}

function addEvents(app: FastifyInstance, loop: FormLoop): void {
  app.get('/events', (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const watch = watchView(loop, (_view, json) => reply.raw.write(`data: ${json}\n\n`));
    reply.raw.on('close', () => watch.stop());
  });
}

const body = {
  type: 'object',
  required: ['id', 'values'],
  properties: {
    id: { type: 'string' },
    values: { type: 'object', additionalProperties: { type: 'string' } },
  },
};

function addForms(app: FastifyInstance, loop: FormLoop): void {
  app.post<{ Body: { id: string; values: Values } }>(
    '/forms',
    { schema: { body } },
    async (request, reply) => {
      const { runs, builds, groups } = viewOf(loop);
      const forms: readonly Form[] = [...groups, ...runs, ...builds].flatMap((each) => each.forms);
      const form = forms.find(({ id }) => id === request.body.id);
      if (form === undefined) return reply.code(404).send({ message: 'This cannot be done any more.' });
      try {
        return { message: await form.send(request.body.values) };
      } catch (error) {
        return reply.code(422).send({ message: error instanceof Error ? error.message : String(error) });
      }
    },
  );
}
