import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type InstalledExtension, createAgent } from '../../local/agent/index.ts';
import type { BuildRunner } from '../../local/agent/types.ts';
import { readTriggers } from '../../local/agent/yaml/triggers.ts';
import { type LocalAzureDevOps, startAzureDevOps } from '../../local/azure-devops/index.ts';
import { type LocalPort, startPort } from '../../local/port/index.ts';
import type { Environment } from '../../setup/command-context.ts';
import { type Ended, runCommand } from './command-line.ts';

const blueprint = {
  identifier: 'deployment',
  title: 'Deployment',
  schema: {
    properties: { jobUrl: { type: 'string', format: 'url' }, imageTag: { type: 'string' } },
    required: [],
  },
  relations: {},
};

const action = {
  identifier: 'deploy_service',
  title: 'Deploy Service',
  trigger: {
    type: 'self-service',
    operation: 'CREATE',
    blueprintIdentifier: 'deployment',
    userInputs: { properties: { service: { type: 'string' } }, required: ['service'] },
  },
  invocationMethod: {
    type: 'AZURE_DEVOPS',
    org: 'any',
    webhook: 'any',
    payload: {
      properties: { service: '{{ .inputs.service }}' },
      port_context: {
        runId: '{{ .run.id }}',
        action: '{{ .action.identifier }}',
        user: '{{ .trigger.by.user.email }}',
      },
    },
  },
};

/** A pipeline that this action of the webhook starts. @param more further filters */
export const pipelineYaml = (action: string, { more = '', script = 'echo deploy' } = {}): string => `
name: $(Date:yyyyMMdd)$(Rev:.r) $(PORT_RUN_ID)
trigger: none
resources:
  webhooks:
    - webhook: port
      connection: port-webhook
      filters:
        - path: port_context.action
          value: ${action}
${more}
variables:
  PORT_RUN_ID: \${{ parameters.port.port_context.runId }}
steps:
  - script: ${script}
`;

const settings = (organizationUrl: string, portUrl: string, net: string): string => `
organization: ${organizationUrl}
project: my-project
pipeline: deploy
pipelineFile: deploy.yml
webhook:
  name: portDeploy
  connection: port-webhook
portConnection: port
port:
  url: ${portUrl}
  blueprints: [deployment.json]
  actions: [deploy_service.json]
net: ${net}
`;

export interface Loop {
  readonly ado: LocalAzureDevOps;
  readonly port: LocalPort;
  readonly folder: string;
  /** Of a command: signed in to both. */
  readonly environment: Environment;
  /** Runs a command in the folder of the file, signed in to both. */
  run(...args: string[]): Promise<Ended>;
  /** Executes the action as a person does in Port; the run's id. */
  execute(): Promise<string>;
  /** Waits until neither side has anything to do. */
  settle(): Promise<void>;
}

const closers: (() => Promise<void>)[] = [];

export async function closeLoops(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

const runIdOf = (payload: unknown): string =>
  (payload as { port_context?: { runId?: string } } | undefined)?.port_context?.runId ?? '';

export interface LoopOptions {
  readonly runner: BuildRunner;
  readonly net?: string;
  readonly tokenWithoutRights?: string;
  /** The newest version that Azure DevOps knows, for an older server. */
  readonly newestVersion?: string;
  /** Whether the pipeline ran before, so that its webhook is listened to; as a rule it did. */
  readonly hasRunOnce?: boolean;
  /** Whose tasks a preview knows; none as a rule. */
  readonly extensions?: readonly InstalledExtension[];
  /** How long Azure DevOps waits before each further try of a delivery, in ms. */
  readonly deliveryDelays?: readonly number[];
  /** How often Port looks at timers, in ms. */
  readonly timerPeriod?: number;
}

async function writeFiles(
  folder: string,
  urls: { organizationUrl: string; portUrl: string; net: string },
): Promise<void> {
  await writeFile(join(folder, 'port-azure.yml'), settings(urls.organizationUrl, urls.portUrl, urls.net));
  await writeFile(join(folder, 'deployment.json'), JSON.stringify(blueprint));
  await writeFile(join(folder, 'deploy_service.json'), JSON.stringify(action));
  await writeFile(join(folder, 'deploy.yml'), pipelineYaml('deploy_service'));
}

/** An empty Port, an organization with one pipeline and nothing else, and the file for `setup`. */
export async function startLoop({
  runner,
  net = 'true',
  tokenWithoutRights = 'weak',
  newestVersion,
  hasRunOnce = true,
  deliveryDelays,
  timerPeriod,
  extensions = [],
}: LoopOptions): Promise<Loop> {
  const folder = await mkdtemp(join(tmpdir(), 'setup-'));
  const compiler = createAgent({ extensions, workDirectory: join(folder, 'agent') });
  const ado = await startAzureDevOps({
    runner,
    personalAccessToken: 'pat',
    tokenWithoutRights,
    ...(newestVersion !== undefined && { newestVersion }),
    ...(deliveryDelays !== undefined && { deliveryDelays }),
    triggers: (file) => readTriggers(readFileSync(file, 'utf8'), file).webhooks,
    preview: (request) => compiler.preview(request),
    runNumber: ({ buildId, webhook }) => `20260101.${buildId} ${runIdOf(webhook?.payload)}`,
  });
  const port = await startPort({
    azureDevOpsUrl: ado.url,
    ...(timerPeriod !== undefined && { timerPeriod }),
  });
  closers.push(async () => {
    await ado.close();
    await port.close();
    await rm(folder, { recursive: true });
  });
  await writeFiles(folder, { organizationUrl: ado.organizationUrl, portUrl: port.url, net });
  const pipelineFile = join(folder, 'deploy.yml');
  ado.createPipeline({ name: 'deploy', file: pipelineFile, repositoryDirectory: folder, hasRunOnce });
  const signedIn = {
    AZURE_DEVOPS_EXT_PAT: 'pat',
    PORT_CLIENT_ID: port.clientId,
    PORT_CLIENT_SECRET: port.clientSecret,
  };
  return {
    ado,
    port,
    folder,
    environment: signedIn,
    run: (...args) => runCommand(args, signedIn, folder),
    execute: () => execute(port),
    settle: async () => {
      for (let round = 0; round < 3; round++) {
        await port.idle();
        await ado.idle();
      }
      await port.idle();
    },
  };
}

interface Told {
  readonly parts: readonly { readonly id: string; readonly state: string; readonly details: string[] }[];
}

/** What a command such as `doctor` tells of its parts, by their ids: `ok: …`. */
export async function partsTold(loop: Loop, ...args: string[]): Promise<(id: string) => string> {
  const { parts } = (await loop.run(...args, '--json')).json() as Told;
  return (id) => {
    const part = parts.find((each) => each.id === id);
    return `${part?.state ?? 'no such part'}: ${part?.details.join('; ') ?? ''}`;
  };
}

/** Calls Port's API with its own credentials. */
export async function callPort(port: LocalPort, path: string, init: RequestInit = {}): Promise<unknown> {
  const credentials = { clientId: port.clientId, clientSecret: port.clientSecret };
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(credentials);
  const signedIn = await fetch(`${port.url}/v1/auth/access_token`, { method: 'POST', headers, body });
  const { accessToken } = (await signedIn.json()) as { accessToken: string };
  const answer = await fetch(port.url + path, {
    ...init,
    headers: { ...headers, authorization: `Bearer ${accessToken}` },
  });
  return answer.json();
}

async function execute(port: LocalPort): Promise<string> {
  const body = JSON.stringify({ properties: { service: 'checkout' } });
  const answer = await callPort(port, '/v1/actions/deploy_service/runs', { method: 'POST', body });
  return (answer as { run: { id: string } }).run.id;
}

/** The id of a service connection, by its name. */
export const idOf = (ado: LocalAzureDevOps, name: string): string =>
  [...ado.store.endpoints.values()].find((endpoint) => endpoint.name === name)?.id ?? '';
export const parametersOf = (ado: LocalAzureDevOps, name: string): Record<string, string> =>
  ado.store.endpoints.get(idOf(ado, name))?.authorization.parameters ?? {};

/** Every call that could change something on either side. */
export const writesOf = ({ ado, port }: Loop): string[] =>
  [...ado.requests, ...port.requests]
    .map(({ method, path }) => `${method} ${path}`)
    .filter(
      (line) =>
        !line.startsWith('GET') &&
        !line.startsWith('OPTIONS') &&
        !/access_token|subscriptionsquery|inputValuesQuery|\/preview$/.test(line),
    );
