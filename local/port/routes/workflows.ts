import type { FastifyInstance } from 'fastify';
import { checkInputs } from '../catalog/validation.ts';
import type { Context } from '../context.ts';
import type { JsonObject, Workflow, WorkflowRun } from '../model.ts';
import { Problem, invalidRequest } from '../problem.ts';
import { cancelQuery, startBody, workflowBody, workflowRunsQuery } from '../schemas/workflow.ts';
import { cancelRun, startWorkflow } from '../workflows/runs.ts';
import { callerOf } from './caller.ts';
import { addDefinitionRoutes } from './definitions.ts';

interface OfRun {
  readonly Params: { readonly run: string };
}

/** Of the list of runs; Port ignores what else stands there. */
interface RunsQuery {
  readonly workflowIdentifiers?: readonly string[];
  readonly limit?: number;
}

/** Workflows and their runs, as Port's pages and clients show them: no published schema has them. */
export function addWorkflowRoutes(app: FastifyInstance, context: Context): void {
  const { store } = context;
  const path = '/v1/workflows/runs';
  addDefinitionRoutes<Workflow>(app, context, {
    path: '/v1/workflows',
    name: 'workflow',
    body: workflowBody,
    items: () => store.workflows,
    find: (identifier) => store.workflow(identifier),
    complete(workflow) {
      checkConnections(workflow);
      return workflow;
    },
  });
  const view = (run: WorkflowRun): JsonObject => ({ ...run, nodeRuns: store.nodeRunsOf(run) });

  app.post<{ Params: { workflow: string }; Body: { inputs?: JsonObject } }>(
    '/v1/workflows/:workflow/runs',
    { schema: { body: startBody } },
    (request, reply) => {
      const workflow = store.workflow(request.params.workflow);
      const { inputs = {} } = request.body;
      const node = workflow.nodes.find(({ config }) => config.type === 'SELF_SERVE_TRIGGER');
      if (!node || node.config.published === false)
        throw new Problem(422, 'invalid_request', `Workflow "${workflow.identifier}" is not self-service`);
      checkInputs(`workflow "${workflow.identifier}"`, node.config.userInputs, inputs);
      const by = callerOf(context, request).id;
      reply.code(202);
      const run = startWorkflow(context, workflow, { node, output: inputs, by });
      return { ok: true, workflowRun: view(run) };
    },
  );
  app.get<{ Querystring: RunsQuery }>(path, { schema: { querystring: workflowRunsQuery } }, ({ query }) => ({
    ok: true,
    workflowRuns: listed([...store.workflowRuns.values()], query),
  }));
  app.get<OfRun>(`${path}/:run`, ({ params }) => ({
    ok: true,
    workflowRun: view(store.workflowRun(params.run)),
  }));
  app.post<OfRun & { Querystring: { force?: boolean } }>(
    `${path}/:run/cancel`,
    { schema: { querystring: cancelQuery } },
    ({ params, query: { force = false } }) => {
      const run = store.workflowRun(params.run);
      cancelRun(context, run, force);
      return { ok: true, workflowRun: view(run) };
    },
  );
}

/** The newest first, without what only a run itself tells: its nodes and their outputs. */
function listed(runs: readonly WorkflowRun[], { workflowIdentifiers, limit }: RunsQuery): JsonObject[] {
  return [...runs]
    .reverse()
    .filter(({ workflow }) => workflowIdentifiers?.includes(workflow.identifier) ?? true)
    .slice(0, limit)
    .map(({ variables: _variables, workflow, ...run }) => ({ ...run, workflowVersion: { workflow } }));
}

/** 422 for a connection from or to no node, to a trigger, or a second one from the same place. */
function checkConnections({ nodes, connections }: Workflow): void {
  const types = new Map(nodes.map(({ identifier, config }) => [identifier, config.type]));
  const starts = new Set<string>();
  for (const connection of connections) {
    const { sourceIdentifier, targetIdentifier, sourceOutletIdentifier: outlet } = connection;
    const [source, target] = [types.get(sourceIdentifier), types.get(targetIdentifier)];
    const start = JSON.stringify([sourceIdentifier, outlet]);
    if (!source || !target || target.endsWith('_TRIGGER') || starts.has(start))
      throw invalidRequest(`No connection that can be: ${JSON.stringify(connection)}`);
    if (source === 'INPUT' && outlet === undefined)
      throw invalidRequest(
        `A connection from an INPUT needs sourceOutletIdentifier: ${JSON.stringify(connection)}`,
      );
    starts.add(start);
  }
}
