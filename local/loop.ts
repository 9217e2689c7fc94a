import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { type LocalPort, type PortOptions, startPort } from './port/index.ts';
import { type PortUser, signInToPort } from './port-user.ts';

export interface LoopOptions {
  /** The packaged extension. */
  readonly vsix: string;
  readonly port?: PortOptions;
  readonly azureDevOps?: Partial<AzureDevOpsOptions>;
  readonly agent?: Partial<AgentOptions>;
}

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
  /** Makes a folder's blueprints, actions and pipelines known, as `setup apply` would. */
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
    triggers: async (file) => readTriggers(await readFile(file, 'utf8'), file).webhooks,
    ...options.azureDevOps,
  });
  const port = await startPort({ azureDevOpsUrl: azureDevOps.url, ...options.port });
  const user = await signInToPort(port);
  addConnections(azureDevOps, port);
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
      await rm(workDirectory, { recursive: true, force: true });
    },
  };
}

/** The two service connections that a project needs: the incoming webhook that Port posts to, and Port for the tasks. */
function addConnections(azureDevOps: LocalAzureDevOps, port: LocalPort): void {
  azureDevOps.createServiceConnection({
    name: 'port-webhook',
    type: 'incomingwebhook',
    parameters: { webhookname: 'portDeploy', secret: port.clientSecret, header: 'x-port-signature' },
  });
  azureDevOps.createServiceConnection({
    name: 'port',
    type: 'port-api',
    url: port.url,
    parameters: { username: port.clientId, password: port.clientSecret },
  });
}

async function addExample(
  { azureDevOps, user }: Pick<Loop, 'azureDevOps' | 'user'>,
  folder: string,
  pipelines: readonly PipelineSetup[],
): Promise<readonly Pipeline[]> {
  const files = (await readdir(join(folder, 'port')).catch(() => [])).sort();
  const json = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, 'port', name), 'utf8'));
  for (const name of files.filter((file) => file.endsWith('.blueprint.json')))
    await user.call('POST', '/v1/blueprints', await json(name));
  for (const name of files.filter((file) => file.endsWith('.action.json')))
    await user.call('POST', '/v1/actions', await json(name));
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
