import { buildOf, wholeLog } from './builds.ts';
import { type ApprovalCheck, requireApproval } from './checks/approvals.ts';
import { readEndpoint } from './endpoints.ts';
import { Deliveries } from './hooks/delivery.ts';
import { readSubscription } from './hooks/subscriptions.ts';
import type { Endpoint, Pipeline, QueueRequest } from './model.ts';
import type { AzureDevOpsOptions, PipelineDefinition } from './options.ts';
import { BuildQueue } from './queue.ts';
import { createServer } from './server.ts';
import {
  type NewCommit,
  type NewPullRequest,
  type NewRepository,
  type NewWorkItem,
  addCommit,
  addPullRequest,
  addRepository,
  addWorkItem,
} from './source.ts';
import { type State, buildPage, createState, organizationUrl } from './state.ts';

export type { Build, Endpoint, Pipeline, QueueRequest, RecordedRequest } from './model.ts';
export type { AzureDevOpsOptions, PipelineDefinition } from './options.ts';
export type { Project, State } from './state.ts';
export { signatureOf } from './signature.ts';

/** A service connection as a person makes one in the project's settings. */
export interface NewServiceConnection {
  readonly name: string;
  /** `incomingwebhook`, `port-api` … */
  readonly type: string;
  readonly url?: string;
  readonly scheme?: string;
  /** An incoming webhook: `webhookname`, `secret`, `header`. A basic one: `username`, `password`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, string>>;
  /** Open to all pipelines (the default), or to these. */
  readonly authorizedFor?: 'all' | readonly number[];
}

function createPipeline({ pipelines }: State, definition: PipelineDefinition): Pipeline {
  const pipeline: Pipeline = {
    variables: {},
    folder: '\\',
    defaultBranch: 'refs/heads/main',
    hasRunOnce: false,
    ...definition,
    id: pipelines.size + 1,
    createdDate: new Date().toISOString(),
  };
  pipelines.set(pipeline.id, pipeline);
  return pipeline;
}

function createServiceConnection(state: State, connection: NewServiceConnection): Endpoint {
  const { scheme, parameters, authorizedFor = 'all', ...given } = connection;
  const usual = given.type === 'incomingwebhook' ? 'None' : 'UsernamePassword';
  const endpoint = readEndpoint(state, {
    url: 'https://dev.azure.com',
    ...given,
    authorization: { scheme: scheme ?? usual, parameters },
    serviceEndpointProjectReferences: [{ projectReference: state.project }],
  });
  state.endpoints.set(endpoint.id, endpoint);
  const pipelines = new Set(authorizedFor === 'all' ? [] : authorizedFor);
  state.permissions.set(endpoint.id, { allPipelines: authorizedFor === 'all', pipelines });
  return endpoint;
}

/** An Azure DevOps organization on this machine, in memory. */
export type LocalAzureDevOps = Awaited<ReturnType<typeof startAzureDevOps>>;

/** @throws Error with code `EADDRINUSE` when the port is taken */
export async function startAzureDevOps(options: AzureDevOpsOptions) {
  const state = createState(options);
  const deliveries = new Deliveries(state);
  const queue = new BuildQueue(state, (change) => deliveries.tell(change));
  const server = createServer(state, queue);
  state.url = await server.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  return {
    /** Scheme, host and port. */
    url: state.url,
    /** The organization's or collection's URL, without a trailing slash. */
    organizationUrl: organizationUrl(state),
    project: state.project,
    personalAccessToken: state.personalAccessToken,
    requests: state.requests,
    /** All that is kept, and the fault switches. */
    store: state,
    createPipeline: (definition: PipelineDefinition) => createPipeline(state, definition),
    createServiceConnection: (given: NewServiceConnection) => createServiceConnection(state, given),
    /** Makes a service hook. @throws AzureError for a body that the API would refuse */
    subscribe: (body: Record<string, unknown>) => {
      const subscription = readSubscription(state, body);
      state.subscriptions.set(subscription.id, subscription);
    },
    addCommit: (commit: NewCommit) => addCommit(state, commit),
    addWorkItem: (item: NewWorkItem) => addWorkItem(state, item),
    addPullRequest: (request: NewPullRequest) => addPullRequest(state, request),
    addRepository: (repository: NewRepository) => addRepository(state, repository),
    requireApproval: (environment: string, check?: ApprovalCheck) =>
      requireApproval(state, environment, check),
    queue: (request: QueueRequest) => queue.queue(request),
    cancel: (buildId: number) => queue.cancel(buildId),
    /** The agent's machine dies. */
    loseAgent: (buildId: number) => queue.loseAgent(buildId),
    rerunFailedStages: (buildId: number) => queue.rerunFailedStages(buildId),
    /** No agent takes a run from now on. */
    pauseQueue: () => queue.pause(),
    build: (buildId: number) => buildOf(state, buildId),
    waitForBuild: (buildId: number) => queue.whenCompleted(buildId),
    /** All of a run's logs, in order. */
    buildLog: (buildId: number) => wholeLog(buildOf(state, buildId)),
    /** The run's page, as people open it. */
    buildPage: (buildId: number) => buildPage(state, buildId),
    /** Resolves when no run goes on and every event is delivered or given up. */
    idle: async () => {
      await queue.idle();
      await deliveries.idle();
    },
    close: async () => {
      state.subscriptions.clear();
      await queue.close();
      await server.close();
    },
  };
}
