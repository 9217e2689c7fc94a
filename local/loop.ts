import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeText } from '../tasks/common/text/decode.ts';
import {
  type AgentOptions,
  type LocalAgent,
  createAgent,
  installExtension,
  readTriggers,
} from './agent/index.ts';
import {
  type AzureDevOpsOptions,
  type Build,
  type LocalAzureDevOps,
  type Pipeline,
  startAzureDevOps,
} from './azure-devops/index.ts';
import { type ConnectionNames, type Definition, readDefinitions } from './folder.ts';
import { type LocalPort, type PortOptions, startPort } from './port/index.ts';
import { type PortUser, signInToPort } from './port-user.ts';

export interface LoopOptions {
  /** The packaged extension. */
  readonly vsix: string;
  readonly port?: PortOptions;
  readonly azureDevOps?: Partial<AzureDevOpsOptions>;
  readonly agent?: Partial<AgentOptions>;
  /** Default: the webhook portDeploy with the connection port-webhook, and the connection port. */
  readonly connections?: ConnectionNames;
}

const usualNames: ConnectionNames = {
  webhooks: [{ name: 'portDeploy', connection: 'port-webhook', isSigned: true }],
  port: ['port'],
};

/** What a pipeline of an example is given besides the example's own files. */
export interface PipelineSetup {
  /** The YAML file, inside the example's folder. */
  readonly file: string;
  readonly variables?: Readonly<Record<string, { value: string; isSecret?: boolean }>>;
}

/** Port, Azure DevOps and an agent with the extension, all on this machine. */
export interface Loop {
  readonly port: LocalPort;
  readonly azureDevOps: LocalAzureDevOps;
  readonly agent: LocalAgent;
  /** Everything that the agent writes lies in it. */
  readonly workDirectory: string;
  readonly user: PortUser;
  /** Makes a folder's Port JSON and these pipelines of it known, as `setup apply` would. */
  addExample(folder: string, pipelines: readonly PipelineSetup[]): Promise<readonly Pipeline[]>;
  /** Executes an action, and returns its run and the pipeline run that it has started. */
  start(
    action: string,
    properties: Readonly<Record<string, unknown>>,
    entity?: string,
  ): Promise<{ runId: string; buildId: number }>;
  /** Executes an action, waits for the pipeline run that it starts, and returns both. */
  execute(
    action: string,
    properties: Readonly<Record<string, unknown>>,
    entity?: string,
  ): Promise<{ runId: string; build: Build }>;
  /** Waits until nothing goes on in either product. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export async function startLoop(options: LoopOptions): Promise<Loop> {
  const workDirectory = await mkdtemp(join(tmpdir(), 'port-azure-pipelines-'));
  const extension = await installExtension(options.vsix, join(workDirectory, 'extensions'));
  const runner = createAgent({
    extensions: [extension],
    workDirectory: join(workDirectory, 'agent'),
    ...options.agent,
  });
  const azureDevOps = await startAzureDevOps({
    runner,
    runNumber: (request) => runner.runNumber(request),
    preview: (request) => runner.preview(request),
    triggers: async (file) => readTriggers(decodeText(await readFile(file)), file).webhooks,
    ...options.azureDevOps,
  });
  const port = await startPort({ azureDevOpsUrl: azureDevOps.url, ...options.port });
  const user = await signInToPort(port);
  addConnections(azureDevOps, port, options.connections ?? usualNames);
  const token = Buffer.from(`:${azureDevOps.personalAccessToken}`).toString('base64');
  port.store.secrets.set('AZURE_DEVOPS_BASIC', token);
  const start: Loop['start'] = async (action, properties, entity) => {
    const before = azureDevOps.store.builds.size;
    const runId = await user.execute(action, properties, entity);
    await port.idle();
    const build = [...azureDevOps.store.builds.values()].slice(before).at(-1);
    if (build !== undefined) return { runId, buildId: build.id };
    throw new Error(`Action ${action} started no pipeline: ${JSON.stringify(port.store.logsOf(runId))}`);
  };
  return {
    port,
    azureDevOps,
    agent: runner,
    workDirectory,
    user,
    addExample: (folder, pipelines) => addExample({ azureDevOps, user }, folder, pipelines),
    start,
    async execute(action, properties, entity) {
      const { runId, buildId } = await start(action, properties, entity);
      return { runId, build: await azureDevOps.waitForBuild(buildId) };
    },
    async idle() {
      await azureDevOps.idle();
      await port.idle();
    },
    async close() {
      await azureDevOps.close();
      await port.close();
      await rm(workDirectory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The service connections that a project needs: incoming webhooks that Port posts to, and Port for the tasks. */
function addConnections(azureDevOps: LocalAzureDevOps, port: LocalPort, names: ConnectionNames): void {
  const { clientId, clientSecret, url } = port;
  for (const { name, connection, isSigned } of names.webhooks)
    azureDevOps.createServiceConnection({
      name: connection,
      type: 'incomingwebhook',
      parameters: { webhookname: name, secret: isSigned ? clientSecret : '', header: 'x-port-signature' },
    });
  for (const name of names.port)
    azureDevOps.createServiceConnection({
      name,
      type: 'port-api',
      url,
      parameters: { username: clientId, password: clientSecret },
    });
}

async function addExample(
  { azureDevOps, user }: Pick<Loop, 'azureDevOps' | 'user'>,
  folder: string,
  pipelines: readonly PipelineSetup[],
): Promise<readonly Pipeline[]> {
  for (const definition of await readDefinitions(folder)) await define({ azureDevOps, user }, definition);
  await addRepositories(azureDevOps, folder);
  return pipelines.map(({ file, variables }) =>
    azureDevOps.createPipeline({
      name: file,
      hasRunOnce: true,
      file: join(folder, file),
      repositoryDirectory: folder,
      ...(variables !== undefined && { variables }),
    }),
  );
}

/** Makes each folder in a folder's `repositories` a repository of that name, for templates. */
export async function addRepositories(azureDevOps: LocalAzureDevOps, folder: string): Promise<void> {
  const parent = join(folder, 'repositories');
  const names = await readdir(parent).catch(() => []);
  for (const name of names) azureDevOps.addRepository({ name, directory: join(parent, name) });
}

/**
 * Makes what a file describes. An ingest webhook gets the service hooks that tell it of the events that its
 * mappings name.
 * @throws Error that names the file, with Port's words
 */
async function define(
  { azureDevOps, user }: Pick<Loop, 'azureDevOps' | 'user'>,
  { file, path, body }: Definition,
): Promise<void> {
  const answer = await user.call('POST', path, body).catch((error: unknown) => {
    throw new Error(`Port does not take ${file}: ${String(error)}`, { cause: error });
  });
  if (path !== '/v1/webhooks') return;
  const { secret, signatureHeaderName } = (body.security ?? {}) as Record<string, unknown>;
  const httpHeaders = typeof secret === 'string' ? `${String(signatureHeaderName)}:${secret}` : '';
  const named = JSON.stringify(body.mappings).matchAll(
    /ms\.vss-pipelines\.[a-z]+-state-changed-event|ms\.vss-pipelinechecks-events\.approval-[a-z]+/g,
  );
  for (const eventType of new Set([...named].map(([name]) => name)))
    azureDevOps.subscribe({
      ...{ publisherId: 'pipelines', eventType },
      publisherInputs: { projectId: azureDevOps.project.id },
      ...{ consumerId: 'webHooks', consumerActionId: 'httpRequest' },
      consumerInputs: { url: String(answer.url), httpHeaders, resourceDetailsToSend: 'all' },
    });
}
