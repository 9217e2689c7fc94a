import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Rewrites } from '../rewrites.ts';
import { isActive, systemBlueprints } from './accounts.ts';
import { runAutomations } from './actions/automations.ts';
import { Background } from './background.ts';
import type { Context, OwnCall, Quirks } from './context.ts';
import type { PortChange } from './events.ts';
import { newId } from './ids.ts';
import type { JsonObject, NodeRun } from './model.ts';
import { addActionRoutes } from './routes/actions.ts';
import { addAuditLogRoute } from './routes/audit-log.ts';
import { addAuthRoutes } from './routes/auth.ts';
import { addBlueprintRoutes } from './routes/blueprints.ts';
import { addEntityRoutes } from './routes/entities.ts';
import { addBulkRoutes, addWholeBlueprintRoutes } from './routes/entity-bulk.ts';
import { addSearchRoutes } from './routes/entity-search.ts';
import { addIngestRoutes } from './routes/ingest.ts';
import { addNodeRunRoutes } from './routes/node-runs.ts';
import { addRunLogRoutes } from './routes/run-logs.ts';
import { addRunRoutes } from './routes/runs.ts';
import { addScorecardRoutes } from './routes/scorecards.ts';
import { addWebhookRoutes } from './routes/webhooks.ts';
import { addWorkflowRoutes } from './routes/workflows.ts';
import { Faults } from './server/faults.ts';
import { RequestLog, type RequestRecord } from './server/request-log.ts';
import { newServer } from './server/server.ts';
import { Tokens } from './server/tokens.ts';
import { Store } from './store.ts';
import { watchTimers } from './timers.ts';
import { triggerWorkflows } from './workflows/event-triggers.ts';
import { answerInput, newNodeRun, newWorkflowRun } from './workflows/runs.ts';

export type { Quirks } from './context.ts';
export type { PortChange } from './events.ts';
export type { ActiveFault, Fault, FaultRule } from './server/faults.ts';
export * from './model.ts';
export type { RequestRecord } from './server/request-log.ts';
export type { RunEntity, Store } from './store.ts';

export interface PortOptions {
  /** 0, the default, takes any free port of 127.0.0.1. */
  readonly port?: number;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Replaces https://dev.azure.com where an action is invoked. */
  readonly azureDevOpsUrl?: string;
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
  readonly now?: () => Date;
  /** The user behind the credentials: `createdBy`, and `.trigger.by.user.email` of a run. */
  readonly userEmail?: string;
  /** How often the timers are looked at, in ms; 500 by default. */
  readonly timerPeriod?: number;
}

/** A Port on this machine. */
export interface LocalPort {
  readonly url: string;
  /** Stands in for https://ingest.port.io. */
  readonly ingestUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly store: Store;
  readonly requests: readonly RequestRecord[];
  /** How many sockets were opened to it so far. */
  readonly connections: number;
  readonly faults: Faults;
  readonly rewrites: Rewrites;
  readonly tokens: Tokens;
  readonly quirks: Quirks;
  /** Calls the listener at every change; what it returns ends that. */
  onChange(listener: (change: PortChange) => void): () => void;
  /** Starts a node run that waits for its end, of a workflow that nobody defined. */
  startNodeRun(node?: { nodeIdentifier?: string; externalRunId?: string }): NodeRun;
  /** Answers a workflow's input node, as a person at Port's page does. */
  answerInput(nodeRun: string, answer: { readonly button: string; readonly inputs?: JsonObject }): void;
  /** Resolves when all invocations, mappings and automations are done. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

const routes = [
  ...[
    addBlueprintRoutes,
    addScorecardRoutes,
    addEntityRoutes,
    addBulkRoutes,
    addWholeBlueprintRoutes,
    addSearchRoutes,
  ],
  ...[addActionRoutes, addRunRoutes, addRunLogRoutes, addAuditLogRoute, addWorkflowRoutes],
  ...[addNodeRunRoutes, addWebhookRoutes, addIngestRoutes],
];

export async function startPort(options: PortOptions = {}): Promise<LocalPort> {
  const { clientId = newId('client_'), clientSecret = newId('secret_'), now = () => new Date() } = options;
  const { userEmail = 'dev@example.com' } = options;
  const [tokens, faults, log] = [new Tokens(now, userEmail), new Faults(), new RequestLog()];
  const rewrites = new Rewrites();
  const listeners = new Set<(change: PortChange) => void>();
  let url = '';
  const context: Context = newContext({ ...options, clientSecret, now, userEmail }, tokens, {
    callSelf: (call) => callSelf(app, tokens.issue(), call),
    changed: (change) => listeners.forEach((listener) => listener(change)),
    ingestUrl: () => `${url}/ingest`,
  });
  const app = newServer({ tls: options.tls, userOf: context.userOf, faults, log, now });
  rewrites.watch(app);
  addAuthRoutes(app, context, { tokens, organization: { clientId, clientSecret } });
  for (const add of routes) add(app, context);
  const unwatchTimers = watchTimers(context, options.timerPeriod);
  let connections = 0;
  app.server.on('connection', () => (connections += 1));
  await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    ...{ url, ingestUrl: context.ingestUrl(), clientId, clientSecret, faults, rewrites, tokens },
    store: context.store,
    quirks: context.quirks,
    requests: log.records,
    get connections() {
      return connections;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    startNodeRun(node) {
      const run = newWorkflowRun(context, 'by-hand', { output: {}, by: userEmail });
      return newNodeRun(context, run, { nodeIdentifier: 'run-pipeline', ...node });
    },
    answerInput: (nodeRun, answer) => answerInput(context, context.store.nodeRun(nodeRun), answer),
    idle: () => context.background.idle(),
    close() {
      unwatchTimers();
      return app.close();
    },
  };
}

function newContext(
  options: PortOptions & Pick<Context, 'clientSecret' | 'now' | 'userEmail'>,
  tokens: Tokens,
  outside: Pick<Context, 'callSelf' | 'changed' | 'ingestUrl'>,
): Context {
  const { clientSecret, now, userEmail } = options;
  const store = new Store();
  for (const blueprint of systemBlueprints) store.blueprints.set(blueprint.identifier, blueprint);
  const context: Context = {
    ...{ clientSecret, now, ...outside, store, userEmail },
    userOf(authorization) {
      const user = tokens.userOf(authorization);
      return user === undefined || user === userEmail || isActive(store, user) ? user : undefined;
    },
    background: new Background(),
    azureDevOpsUrl: options.azureDevOpsUrl ?? 'https://dev.azure.com',
    quirks: {
      ...{ bulkErrorStatus: 207, hasEntityMeta: true, hasNodeLabels: true, checksConditions: true },
      ...{ plainSecrets: 'compared', takesEventsOnce: true, mappingsMerge: true, mappingsTakeNull: true },
      ...{ fillsTemplatesOnce: true, noticesTimers: true },
    },
    emit(event) {
      context.changed(event.change);
      runAutomations(context, event);
      triggerWorkflows(context, event);
    },
  };
  return context;
}

/** A call of Port to itself: it needs no network, and brings its own token. */
async function callSelf(
  app: FastifyInstance,
  { tokenType, accessToken }: ReturnType<Tokens['issue']>,
  { method, path, headers, body, isSigned }: OwnCall,
): Promise<{ readonly status: number; readonly body: string }> {
  const answer = await app.inject({
    method: method as 'POST',
    url: path,
    headers: {
      ...headers,
      ...(isSigned && { authorization: `${tokenType} ${accessToken}` }),
      'x-request-id': randomUUID(),
    },
    ...(body !== '' && { payload: body }),
  });
  return { status: answer.statusCode, body: answer.body };
}
