import type { RunRequest } from '../local/agent/types.ts';
import { runVariables } from '../local/agent/variables/run-variables.ts';
import { startAzureDevOps } from '../local/azure-devops/index.ts';
import { startPort } from '../local/port/index.ts';
import { signInToPort } from '../local/port-user.ts';
import { startRelay, startTlsFront } from './relay.ts';
import type { ServerOrder } from './server.ts';

/**
 * A process with a local Port and a local Azure DevOps, both behind TLS and a line with a round-trip time. Its parent's first
 * message starts it; each further one asks for the calls since the last.
 */

export type ServerName = 'port' | 'azureDevOps';

export interface LoopServers {
  /** Where each is, with the round-trip time in between. */
  readonly urls: Readonly<Record<ServerName, string>>;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Those of a run of 50 commits, with its access token. */
  readonly variables: Readonly<Record<string, string>>;
}

/** One call as it reached a server. */
export interface ServedCall {
  readonly server: ServerName;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: unknown;
}

const commitsOfRun = 50;

process.once('message', (order) => void start(order as ServerOrder));
// A bench that failed, or was killed, leaves no server behind.
process.on('disconnect', () => process.exit());

async function start({ roundTrip, ...certificate }: ServerOrder): Promise<void> {
  const requests: RunRequest[] = [];
  const port = await startPort();
  const azureDevOps = await startAzureDevOps({
    runner: {
      run(request) {
        requests.push(request);
        return Promise.resolve({ result: 'succeeded', buildNumber: String(request.buildId) });
      },
      lose: () => undefined,
    },
    triggers: () => [],
  });
  const behindLine = async ({ url }: { url: string }): Promise<string> => {
    const front = await startTlsFront(Number(new URL(url).port), certificate);
    return `https://127.0.0.1:${await startRelay(front, roundTrip)}`;
  };
  const urls = { port: await behindLine(port), azureDevOps: await behindLine(azureDevOps) };
  const variables = await seed();

  let told = { port: port.requests.length, azureDevOps: azureDevOps.requests.length };
  process.on('message', () => {
    const calls = [
      ...port.requests.slice(told.port).map((call) => served('port', call)),
      ...azureDevOps.requests.slice(told.azureDevOps).map((call) => served('azureDevOps', call)),
    ];
    told = { port: port.requests.length, azureDevOps: azureDevOps.requests.length };
    process.send?.(calls);
  });
  const { clientId, clientSecret } = port;
  process.send?.({ urls, clientId, clientSecret, variables } satisfies LoopServers);

  /** A service that may be deployed, and its last deployment; a run with commits, pull requests and work items since. */
  async function seed(): Promise<Readonly<Record<string, string>>> {
    const user = await signInToPort(port);
    const add = (blueprint: string, entity: object) =>
      user.call('POST', `/v1/blueprints/${blueprint}/entities?upsert=true`, entity);
    for (const blueprint of blueprints) await user.call('POST', '/v1/blueprints', blueprint);
    await user.call('POST', '/v1/blueprints/service/scorecards', scorecard);
    await add('service', { identifier: 'checkout', title: 'Checkout', properties: { owner: 'shop' } });
    for (let id = 1; id <= 3; id++) await add('pull_request', { identifier: `web/${id}` });
    for (let id = 1; id <= 5; id++) await add('work_item', { identifier: String(id) });

    azureDevOps.createPipeline({ name: 'web', file: '/web/deploy.yml', repositoryDirectory: '/web' });
    const runNext = async (): Promise<RunRequest> => {
      const { id } = await azureDevOps.queue({ definitionId: 1 });
      await azureDevOps.idle();
      const request = requests.find(({ buildId }) => buildId === id);
      if (request === undefined) throw new Error(`run ${id} was not started`);
      return request;
    };
    azureDevOps.addCommit({ message: 'The commit of the last deployment' });
    const last = await runNext();
    for (let id = 1; id <= 5; id++) azureDevOps.addWorkItem({ id, title: `Work item ${id}` });
    const commits = Array.from({ length: commitsOfRun }, (_, index) =>
      azureDevOps.addCommit({ message: `Change ${index}`, workItems: index < 5 ? [index + 1] : [] }),
    );
    for (let id = 1; id <= 3; id++)
      azureDevOps.addPullRequest({
        id,
        title: `Change ${id}`,
        commits: commits.slice(id, id + 1).map((commit) => commit.id),
      });
    const request = await runNext();

    const collection = azureDevOps.organizationUrl.replace(azureDevOps.url, urls.azureDevOps);
    await add('deployment', {
      identifier: 'last',
      properties: {
        ...{ environment: 'Production', deploymentStatus: 'Success', createdAt: new Date().toISOString() },
        jobUrl: `${collection}/${azureDevOps.project.name}/_build/results?buildId=${last.buildId}`,
      },
      relations: { service: 'checkout' },
    });
    return {
      ...runVariables({ ...request, collectionUrl: `${collection}/` }),
      'System.AccessToken': request.accessToken,
      'Build.Repository.Id': request.repository.id,
      'Agent.JobStatus': 'Succeeded',
    };
  }
}

function served(
  server: ServerName,
  {
    method,
    path,
    query,
    body,
  }: { method: string; path: string; query: Readonly<Record<string, unknown>>; body: unknown },
): ServedCall {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) search.set(name, String(value));
  return { server, method, path: search.size === 0 ? path : `${path}?${search.toString()}`, body };
}

const text = { type: 'string' };

const blueprints = [
  { identifier: 'service', schema: { properties: { owner: text } } },
  { identifier: 'incident', schema: { properties: { status: text } } },
  { identifier: 'freeze', schema: { properties: { status: text } } },
  { identifier: 'pull_request', schema: { properties: {} } },
  { identifier: 'work_item', schema: { properties: {} } },
  {
    identifier: 'deployment',
    schema: {
      properties: {
        ...{ environment: text, deploymentStatus: text, jobUrl: text, commitSha: text, deployingUser: text },
        createdAt: { type: 'string', format: 'date-time' },
        ...{ leadTimeHours: { type: 'number' }, commitCount: { type: 'number' } },
        isRollback: { type: 'boolean' },
      },
    },
    relations: {
      service: { target: 'service', many: false, required: false },
      pullRequest: { target: 'pull_request', many: true, required: false },
      workItem: { target: 'work_item', many: true, required: false },
    },
  },
].map(({ identifier, schema, relations = {} }) => ({
  ...{ identifier, title: identifier, relations },
  schema: { ...schema, required: [] },
}));

const scorecard = {
  identifier: 'readiness',
  title: 'Production readiness',
  rules: [
    {
      ...{ identifier: 'hasOwner', title: 'Has an owner', level: 'Bronze' },
      query: { combinator: 'and', conditions: [{ property: 'owner', operator: 'isNotEmpty' }] },
    },
  ],
};
