import type { FastifyInstance } from 'fastify';
import { invoke } from '../actions/invocation.ts';
import { createRun, requireNotEnded, requireNotSynchronized, runView, updateRun } from '../actions/runs.ts';
import { requirePermitted, requireStartable } from '../actions/startable.ts';
import { checkInputs } from '../catalog/validation.ts';
import type { Context } from '../context.ts';
import type { JsonObject, Run } from '../model.ts';
import { Problem } from '../problem.ts';
import * as schemas from '../schemas/run.ts';
import { callerOf } from './caller.ts';

interface OfRun {
  readonly Params: { readonly run: string };
}

type RunChange = Partial<
  Pick<Run, 'status' | 'statusLabel' | 'link' | 'summary' | 'externalRunId' | 'message'>
>;

export function addRunRoutes(app: FastifyInstance, context: Context): void {
  const { store } = context;
  addCreateRoute(app, context);
  addListRoute(app, context);

  app.get<OfRun>(
    '/v1/actions/runs/:run',
    { schema: { querystring: schemas.versionQuery } },
    ({ params }) => ({
      ok: true,
      run: runView(context, store.run(params.run)),
    }),
  );
  app.patch<OfRun & { Body: RunChange }>(
    '/v1/actions/runs/:run',
    { schema: { body: schemas.patchRunBody, querystring: schemas.versionQuery } },
    (request) => {
      const run = store.run(request.params.run);
      requireNotEnded(run);
      if (request.body.status !== undefined) requireNotSynchronized(run);
      updateRun(context, run, request.body, callerOf(context, request).id);
      return { ok: true, run: runView(context, run) };
    },
  );
  addApprovalRoutes(app, context);
}

function addCreateRoute(app: FastifyInstance, context: Context): void {
  const { store, background } = context;
  app.post<{
    Params: { action: string };
    Body: { properties: JsonObject; entity?: string };
    Querystring: { run_as?: string };
  }>(
    '/v1/actions/:action/runs',
    { schema: { body: schemas.createRunBody, querystring: schemas.createRunQuery } },
    (request, reply) => {
      const action = store.action(request.params.action);
      const { properties, entity } = request.body;
      requireStartable(context, action, entity);
      checkInputs(`action "${action.identifier}"`, action.trigger.userInputs, properties);
      const by = request.query.run_as ?? callerOf(context, request).id;
      requirePermitted(context, action.identifier, by);
      const run = createRun(context, { action, properties, entity, source: 'API', by });
      if (run.status === 'IN_PROGRESS') background.start(() => invoke(context, action, run));
      reply.code(202);
      return { ok: true, run: runView(context, run) };
    },
  );
}

interface RunsQuery {
  readonly action?: string;
  readonly external_run_id?: string;
  readonly source?: string[];
  readonly limit?: number;
}

function addListRoute(app: FastifyInstance, context: Context): void {
  app.get<{ Querystring: RunsQuery }>(
    '/v1/actions/runs',
    { schema: { querystring: schemas.runsQuery } },
    ({ query }) => {
      const runs = [...context.store.runs.values()].reverse().filter((run) => isAsked(run, query));
      const shown = runs.slice(0, query.limit ?? 1000);
      return { ok: true, runs: shown.map((run) => runView(context, run)) };
    },
  );
}

function isAsked(run: Run, query: RunsQuery): boolean {
  const {
    action = run.action,
    external_run_id: externalRunId = run.externalRunId,
    source = [run.source],
  } = query;
  return action === run.action && externalRunId === run.externalRunId && source.includes(run.source);
}

function addApprovalRoutes(app: FastifyInstance, context: Context): void {
  const { store, background } = context;
  app.patch<OfRun & { Body: { status: 'APPROVE' | 'DECLINE'; description?: string } }>(
    '/v1/actions/runs/:run/approval',
    { schema: { body: schemas.approvalBody, querystring: schemas.versionQuery } },
    (request, reply) => {
      const run = store.run(request.params.run);
      if (run.status !== 'WAITING_FOR_APPROVAL')
        throw new Problem(422, 'run_not_waiting_for_approval', `Run "${run.id}" is not waiting for approval`);
      const { id } = callerOf(context, request);
      const isApproved = request.body.status === 'APPROVE';
      const { description } = request.body;
      const approval = {
        ...{ state: isApproved ? 'APPROVED' : 'DECLINED', userId: id },
        ...(description !== undefined && { description }),
      };
      updateRun(context, run, { approval, status: isApproved ? 'IN_PROGRESS' : 'DECLINED' }, id);
      if (isApproved) background.start(() => invoke(context, store.action(run.action), run));
      reply.code(201);
      return { ok: true, run: runView(context, run) };
    },
  );
}
