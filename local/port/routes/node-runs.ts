import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.ts';
import type { NodeRunLog } from '../model.ts';
import { invalidRequest } from '../problem.ts';
import { nodeLogsBody, patchNodeRunBody } from '../schemas/workflow.ts';
import { type NodeRunChange, addNodeLogs, updateNodeRun } from '../workflows/runs.ts';

interface OfNodeRun {
  readonly Params: { readonly nodeRun: string };
}

/** The node runs of workflows, as far as Port's own clients show them. */
export function addNodeRunRoutes(app: FastifyInstance, context: Context): void {
  const { store } = context;
  const path = '/v1/workflows/nodes/runs/:nodeRun';

  app.get<{ Querystring: { external_run_id?: string } }>('/v1/workflows/nodes/runs', ({ query }) => {
    const { external_run_id: wanted } = query;
    const nodeRuns = [...store.nodeRuns.values()].reverse();
    return {
      ok: true,
      nodeRuns: nodeRuns.filter(({ externalRunId }) => wanted === undefined || wanted === externalRunId),
    };
  });
  app.patch<OfNodeRun & { Body: NodeRunChange }>(path, { schema: { body: patchNodeRunBody } }, (request) => {
    const run = store.nodeRun(request.params.nodeRun);
    if (request.body.statusLabel !== undefined && !context.quirks.hasNodeLabels)
      throw invalidRequest('body must NOT have additional properties: "statusLabel"');
    updateNodeRun(context, run, request.body);
    return { ok: true, run };
  });
  app.get<OfNodeRun>(`${path}/logs`, ({ params }) => ({
    ok: true,
    logs: store.nodeRun(params.nodeRun).logs,
  }));
  app.post<OfNodeRun & { Body: { logs: Omit<NodeRunLog, 'createdAt'>[] } }>(
    `${path}/logs`,
    { schema: { body: nodeLogsBody } },
    ({ params, body }) => {
      const logs = addNodeLogs(context, store.nodeRun(params.nodeRun), body.logs);
      return { ok: true, logs };
    },
  );
}
