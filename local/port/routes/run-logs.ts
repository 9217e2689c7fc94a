import type { FastifyInstance } from 'fastify';
import { addLog, requireNotEnded, requireNotSynchronized, updateRun } from '../actions/runs.ts';
import type { Context } from '../context.ts';
import { logBody, logsQuery } from '../schemas/run.ts';
import { callerOf } from './caller.ts';

interface OfRun {
  readonly Params: { readonly run: string };
}

interface LogBody {
  readonly message: string;
  readonly terminationStatus?: 'SUCCESS' | 'FAILURE';
  readonly statusLabel?: string;
}

export function addRunLogRoutes(app: FastifyInstance, context: Context): void {
  const path = '/v1/actions/runs/:run/logs';

  app.post<OfRun & { Body: LogBody }>(path, { schema: { body: logBody } }, (request, reply) => {
    const run = context.store.run(request.params.run);
    const { message, terminationStatus, statusLabel } = request.body;
    requireNotEnded(run);
    if (terminationStatus) requireNotSynchronized(run);
    const { id } = callerOf(context, request);
    const runLog = addLog(context, run, message, id);
    const changes = {
      ...(terminationStatus && { status: terminationStatus }),
      ...(statusLabel !== undefined && { statusLabel }),
    };
    if (Object.keys(changes).length > 0) updateRun(context, run, changes, id);
    reply.code(201);
    return { ok: true, runLog };
  });

  app.get<OfRun & { Querystring: { limit?: number; offset?: number } }>(
    path,
    { schema: { querystring: logsQuery } },
    ({ params, query: { limit = 50, offset = 0 } }) => {
      const { id } = context.store.run(params.run);
      return { ok: true, runLogs: context.store.logsOf(id).slice(offset, offset + limit) };
    },
  );
}
