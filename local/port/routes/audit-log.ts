import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.ts';
import { auditQuery } from '../schemas/run.ts';

/** Of Port's audit log the local Port keeps what was written to entities on behalf of a run. */
export function addAuditLogRoute(app: FastifyInstance, { store }: Context): void {
  app.get<{ Querystring: { run_id: string } }>(
    '/v1/audit-log',
    { schema: { querystring: auditQuery } },
    ({ query: { run_id: runId } }) => {
      const { id } = store.run(runId);
      const audits = (store.runEntities.get(id) ?? []).map(({ operation, blueprint, identifier }) => ({
        action: operation,
        resourceType: 'entity',
        status: 'SUCCESS',
        context: { runId, blueprint, entity: identifier },
      }));
      return { ok: true, audits };
    },
  );
}
