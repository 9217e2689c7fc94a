import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { AzureError } from './errors.ts';
import { parseJson, queryOf } from './json.ts';
import type { BuildQueue } from './queue.ts';
import { buildRoutes } from './routes/builds.ts';
import { checkRoutes } from './routes/checks.ts';
import { coreRoutes } from './routes/core.ts';
import { endpointRoutes } from './routes/endpoints.ts';
import { gitWriteRoutes } from './routes/git-writes.ts';
import { hookRoutes } from './routes/hooks.ts';
import { pipelineRoutes } from './routes/pipelines.ts';
import { securityRoutes } from './routes/security.ts';
import { sourceRoutes } from './routes/source.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import type { State } from './state.ts';

const signInPage =
  '<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head><body></body></html>';

const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? '';

function sendError(state: State, error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof AzureError && error.status === 401 && state.faults.signInPage) {
    return reply.code(203).type('text/html; charset=utf-8').send(signInPage);
  }
  if (error instanceof AzureError && error.status === 401) {
    void reply.header('www-authenticate', 'Basic realm="https://dev.azure.com/"');
  }
  const known =
    error instanceof AzureError
      ? error
      : new AzureError(500, 'Exception', error instanceof Error ? error.message : String(error));
  return reply.code(known.status).type('application/json; charset=utf-8').send(known.body());
}

/** Keeps every request, for those who want to know what was asked, and applies the fault switches. */
function observe(app: FastifyInstance, state: State): void {
  app.addHook('onSend', (request, reply, _payload, done) => {
    state.requests.push({
      method: request.method,
      path: pathOf(request),
      query: queryOf(request),
      body: parseJson(request.body),
      status: reply.statusCode,
    });
    done();
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const path = pathOf(request).slice(state.collectionPath.length);
    const status = state.faults.answers.get(`${request.method} ${path}`);
    if (status === undefined) done();
    else done(new AzureError(status, 'FaultException', `TF400898: An internal error occurred (${status}).`));
  });
}

export function createServer(state: State, queue: BuildQueue): FastifyInstance {
  const app = Fastify({
    routerOptions: { caseSensitive: false },
    bodyLimit: 4 * 1024 * 1024,
    forceCloseConnections: true,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, _request, reply) => sendError(state, error, reply));
  app.setNotFoundHandler((request, reply) => {
    const message = `The controller for path '${pathOf(request)}' was not found or does not implement IController.`;
    return sendError(state, new AzureError(404, 'HttpException', message), reply);
  });
  observe(app, state);
  state.rewrites.watch(app);
  const all = [
    coreRoutes,
    webhookRoutes,
    buildRoutes,
    pipelineRoutes,
    endpointRoutes,
    sourceRoutes,
    gitWriteRoutes,
    checkRoutes,
    hookRoutes,
    securityRoutes,
  ];
  void app.register(
    (scope, _options, done) => {
      for (const routes of all) routes({ app: scope, state, queue });
      done();
    },
    { prefix: state.collectionPath },
  );
  return app;
}
