import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { Problem } from '../problem.ts';
import { newAjv } from '../schemas/ajv.ts';
import { addFaultHooks } from './fault-hooks.ts';
import type { Faults } from './faults.ts';
import type { RequestLog } from './request-log.ts';

/** Port takes bodies of up to 1 MiB. */
const BODY_LIMIT = 1024 * 1024;
/** Port publishes no figure; the headers are there to be read, not to be reached. */
const RATE_LIMIT = { limit: 1000, periodSeconds: 300 };

/** Paths that need no token: where one is had, and the ingest host. */
const OPEN_PATH = /^\/(?:v1\/auth\/access_token|ingest\/[^/]*)(?:\?|$)/;

/** Shared by all servers of a process, so that a schema is compiled once and not for each test. */
const bodies = newAjv({ convert: false });
const queries = newAjv({ convert: true });

export interface ServerParts {
  readonly tls: { readonly key: string | Buffer; readonly cert: string | Buffer } | undefined;
  /** Whose token a header carries; undefined where it may not call. */
  readonly userOf: (authorization: string | undefined) => string | undefined;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly now: () => Date;
}

/** A fastify that validates, refuses and decorates as Port's API does; the routes are added to it. */
export function newServer(parts: ServerParts): FastifyInstance {
  const { tls, userOf, faults, log } = parts;
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 3000 },
    serverFactory: (handler) => (tls ? createTlsServer({ ...tls }, handler) : createServer(handler)),
  });
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? bodies : queries).compile(schema as Record<string, unknown>),
  );
  addLogHooks(app, log);
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({ 'x-trace-id': request.id, ...rateLimitHeaders(parts.now()) });
    done();
  });
  addFaultHooks(app, faults, (id, kind) => log.fault(id, kind));
  app.addHook('onRequest', (request, _reply, done) => {
    const isAllowed = OPEN_PATH.test(request.url) || userOf(request.headers.authorization) !== undefined;
    done(
      isAllowed
        ? undefined
        : new Problem(401, 'unauthorized', 'The access token is missing, wrong or expired'),
    );
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send({ ok: false, error: 'not_found', message: `Route ${request.method} ${request.url} not found` }),
  );
  return app;
}

function addLogHooks(app: FastifyInstance, log: RequestLog): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { method, headers, url, id } = request;
    const path = url.split('?', 1)[0] ?? '';
    log.open({
      method,
      path,
      query: { ...(request.query as Record<string, unknown>) },
      headers,
      traceId: id,
    });
    done();
  });
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.body !== undefined)
      log.body(request.id, request.body, Number(request.headers['content-length'] ?? 0));
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    log.close(request.id, reply.statusCode);
    done();
  });
}

function rateLimitHeaders(now: Date): Record<string, string> {
  const seconds = Math.floor(now.getTime() / 1000);
  const reset = seconds - (seconds % RATE_LIMIT.periodSeconds) + RATE_LIMIT.periodSeconds;
  return {
    'x-ratelimit-limit': String(RATE_LIMIT.limit),
    'x-ratelimit-remaining': String(RATE_LIMIT.limit - 1),
    'x-ratelimit-period': String(RATE_LIMIT.periodSeconds),
    'x-ratelimit-reset': String(reset),
  };
}

function answerError(
  error: FastifyError | Problem,
  _request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const [status, code] = statusAndCode(error);
  return reply.code(status).send({ ok: false, error: code, message: error.message });
}

function statusAndCode(error: FastifyError | Problem): [number, string] {
  if (error instanceof Problem) return [error.status, error.code];
  if (error.validation) return [422, 'invalid_request'];
  if (error.statusCode === undefined || error.statusCode >= 500) return [500, 'internal_error'];
  return [error.statusCode, 'bad_request'];
}
