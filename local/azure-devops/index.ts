import { buildOf, wholeLog } from './builds.ts';
import { readEndpoint } from './endpoints.ts';
import { Deliveries } from './hooks/delivery.ts';
import type { Build, Endpoint, Pipeline, QueueRequest, RecordedRequest } from './model.ts';
import type { AzureDevOpsOptions, PipelineDefinition } from './options.ts';
import { BuildQueue } from './queue.ts';
import { createServer } from './server.ts';
import { type Project, type State, buildPage, createState, organizationUrl } from './state.ts';

export type { Build, Endpoint, Pipeline, QueueRequest, RecordedRequest } from './model.ts';
export type { AzureDevOpsOptions, PipelineDefinition, PipelineVariable, WebhookTrigger } from './options.ts';
export type { Project, State } from './state.ts';
export { AgentLostError } from './agent-lost.ts';
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

/** An Azure DevOps organization on this machine, in memory. */
export interface LocalAzureDevOps {
  /** Scheme, host and port. */
  readonly url: string;
  /** The organization's or collection's URL, without a trailing slash. */
  readonly organizationUrl: string;
  readonly project: Project;
  readonly personalAccessToken: string;
  readonly requests: readonly RecordedRequest[];
  /** All that is kept, and the fault switches. */
  readonly store: State;
  createPipeline(definition: PipelineDefinition): Pipeline;
  createServiceConnection(connection: NewServiceConnection): Endpoint;
  queue(request: QueueRequest): Promise<Build>;
  cancel(buildId: number): void;
  /** The agent's machine dies: the run fails, and what the agent still says is not heard. */
  loseAgent(buildId: number): void;
  rerunFailedStages(buildId: number): Build;
  /** No agent takes a run until the queue is resumed. */
  pauseQueue(): void;
  resumeQueue(): void;
  build(buildId: number): Build;
  waitForBuild(buildId: number): Promise<Build>;
  /** All of a run's logs, in order. */
  buildLog(buildId: number): string;
  /** The run's page, as people open it. */
  buildPage(buildId: number): string;
  /** Resolves when no run goes on and every event is delivered or given up. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

function createPipeline(state: State, definition: PipelineDefinition): Pipeline {
  const pipeline: Pipeline = {
    variables: {},
    variableGroups: {},
    defaultBranch: 'refs/heads/main',
    hasRunOnce: true,
    ...definition,
    id: state.pipelines.size + 1,
    createdDate: new Date().toISOString(),
  };
  state.pipelines.set(pipeline.id, pipeline);
  return pipeline;
}

function createServiceConnection(state: State, given: NewServiceConnection): Endpoint {
  const { name, type, url = 'https://dev.azure.com', data = {}, authorizedFor = 'all', parameters } = given;
  const scheme = given.scheme ?? (type === 'incomingwebhook' ? 'None' : 'UsernamePassword');
  const references = [{ projectReference: state.project, name, description: '' }];
  const authorization = { scheme, parameters };
  const endpoint = readEndpoint(state, {
    name,
    type,
    url,
    data,
    authorization,
    serviceEndpointProjectReferences: references,
  });
  state.endpoints.set(endpoint.id, endpoint);
  const pipelines = new Set(authorizedFor === 'all' ? [] : authorizedFor);
  state.permissions.set(endpoint.id, { allPipelines: authorizedFor === 'all', pipelines });
  return endpoint;
}

async function idle(queue: BuildQueue, deliveries: Deliveries): Promise<void> {
  await queue.idle();
  await deliveries.idle();
}

export async function startAzureDevOps(options: AzureDevOpsOptions): Promise<LocalAzureDevOps> {
  const state = createState(options);
  const deliveries = new Deliveries(state);
  const queue = new BuildQueue(state, (change) => deliveries.tell(change));
  const server = createServer(state, queue);
  state.url = await server.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  return {
    url: state.url,
    organizationUrl: organizationUrl(state),
    project: state.project,
    personalAccessToken: state.personalAccessToken,
    requests: state.requests,
    store: state,
    createPipeline: (definition) => createPipeline(state, definition),
    createServiceConnection: (connection) => createServiceConnection(state, connection),
    queue: (request) => queue.queue(request),
    cancel: (buildId) => queue.cancel(buildId),
    loseAgent: (buildId) => queue.loseAgent(buildId),
    rerunFailedStages: (buildId) => queue.rerunFailedStages(buildId),
    pauseQueue: () => queue.pause(),
    resumeQueue: () => queue.resume(),
    build: (buildId) => buildOf(state, buildId),
    waitForBuild: (buildId) => queue.whenCompleted(buildId),
    buildLog: (buildId) => wholeLog(buildOf(state, buildId)),
    buildPage: (buildId) => buildPage(state, buildId),
    idle: () => idle(queue, deliveries),
    close: async () => {
      state.subscriptions.clear();
      await queue.close();
      await server.close();
    },
  };
}
