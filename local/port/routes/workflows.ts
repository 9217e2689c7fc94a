import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.ts';
import type { NodeRun, NodeRunLog } from '../model.ts';
import { Problem } from '../problem.ts';
import { nodeLogsBody, patchNodeRunBody } from '../schemas/run.ts';

interface OfNodeRun {
  readonly Params: { readonly nodeRun: string };
}

type NodeRunChange = Partial<Pick<NodeRun, 'status' | 'result' | 'output' | 'externalRunId' | 'links'>> & {
  readonly logs?: Omit<NodeRunLog, 'createdAt'>[];
};

/** The node runs of workflows, as far as Port's own clients show them. */
export function addWorkflowRoutes(app: FastifyInstance, context: Context): void {
  const { store, now } = context;
  const path = '/v1/workflows/nodes/runs/:nodeRun';

  const addLogs = (nodeRun: NodeRun, logs: readonly Omit<NodeRunLog, 'createdAt'>[]): void => {
    nodeRun.logs.push(...logs.map((log) => ({ ...log, createdAt: now().toISOString() })));
  };

  app.get<{ Querystring: { external_run_id?: string } }>('/v1/workflows/nodes/runs', ({ query }) => {
    const { external_run_id: wanted } = query;
    const nodeRuns = [...store.nodeRuns.values()].reverse();
    return {
      ok: true,
      nodeRuns: nodeRuns.filter(({ externalRunId }) => wanted === undefined || wanted === externalRunId),
    };
  });
  app.patch<OfNodeRun & { Body: NodeRunChange }>(path, { schema: { body: patchNodeRunBody } }, (request) => {
    const nodeRun = store.nodeRun(request.params.nodeRun);
    if (nodeRun.status === 'COMPLETED')
      throw new Problem(422, 'invalid_request', `Node run "${nodeRun.identifier}" is already completed`);
    const { logs = [], ...changes } = request.body;
    addLogs(nodeRun, logs);
    Object.assign(nodeRun, changes, { updatedAt: now().toISOString() });
    return { ok: true, run: nodeRun };
  });
  app.get<OfNodeRun>(`${path}/logs`, ({ params }) => ({
    ok: true,
    logs: store.nodeRun(params.nodeRun).logs,
  }));
  app.post<OfNodeRun & { Body: { logs: Omit<NodeRunLog, 'createdAt'>[] } }>(
    `${path}/logs`,
    { schema: { body: nodeLogsBody } },
    (request) => {
      const nodeRun = store.nodeRun(request.params.nodeRun);
      addLogs(nodeRun, request.body.logs);
      return { ok: true, logs: nodeRun.logs.slice(-request.body.logs.length) };
    },
  );
}
