import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { agentNodes } from '../../local/agent/nodes.ts';
import { createAuthority } from '../../local/certificates.ts';
import type { LocalPort } from '../../local/port/index.ts';
import { type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';
import { runTaskProcess } from '../support/task-process.ts';
import { until } from '../support/until.ts';
import { startFilledPort, startRun } from './port-fixture.ts';

const timeline = {
  records: [
    { id: 'job', type: 'Job', name: 'Deploy', identifier: 'deploy', attempt: 1, state: 'inProgress' },
    { id: 'task', parentId: 'job', type: 'Task', name: 'terraform apply', order: 1, state: 'inProgress' },
  ],
};

type Nodes = readonly (keyof typeof agentNodes)[];
const both: Nodes = ['Node 20', 'Node 24'];

/** Ways to name an authority; a system's own store is the files that OpenSSL looks for, and on Linux these stand for it. */
const ways: readonly { nodes: Nodes; settings: (file: string) => Record<string, string> }[] = [
  { nodes: both, settings: (file) => ({ AGENT_CAINFO: file }) },
  { nodes: both, settings: (file) => ({ NODE_EXTRA_CA_CERTS: file }) },
  { nodes: both, settings: (file) => ({ NODE_OPTIONS: '--use-openssl-ca', SSL_CERT_FILE: file }) },
  { nodes: ['Node 24'], settings: (file) => ({ NODE_USE_SYSTEM_CA: '1', SSL_CERT_FILE: file }) },
  { nodes: ['Node 24'], settings: (file) => ({ NODE_OPTIONS: '"--use-system-ca"', SSL_CERT_FILE: file }) },
];

describe('Live progress over TLS, with an authority of the company', function () {
  this.timeout(60_000);
  const authority = createAuthority();
  const tls = authority.issue();
  let folder: string;
  let port: LocalPort;
  let azureDevOps: ScriptedServer;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'live-'));
    writeFileSync(join(folder, 'ca.pem'), authority.cert);
    port = await startFilledPort({ tls });
    azureDevOps = await startScriptedServer([{ status: 200, body: timeline }], tls);
  });
  after(async () => {
    // The processes end with the first read that fails.
    rmSync(folder, { recursive: true });
    await Promise.all([port.close(), azureDevOps.close()]);
  });

  const follow = async (node: keyof typeof agentNodes, environment: Record<string, string>) => {
    const runId = await startRun(port);
    const process = await runTaskProcess('PortRunStatus', {
      node: agentNodes[node],
      inputs: {
        baseUrl: port.url,
        clientId: port.clientId,
        clientSecret: port.clientSecret,
        ...{ runId, status: 'track', liveProgress: 'true' },
      },
      variables: {
        'System.TeamProjectId': 'project',
        'System.JobId': 'job',
        'Build.BuildId': '7',
        'System.CollectionUri': `${azureDevOps.url}/`,
      },
      secrets: { 'System.AccessToken': 'the-token-of-the-job' },
      // It would go with the step, and the live progress with it.
      environment: { ...environment, AGENT_TEMPDIRECTORY: folder },
    });
    assert.equal(process.result, 'Succeeded', process.output);
    await until(
      `the label of a run on ${node} with ${JSON.stringify(environment)} has moved`,
      () => port.store.run(runId).statusLabel === 'terraform apply, 1 of 1',
      20_000,
    );
  };

  it('moves the label whichever way the authority is named, on each Node that knows it', async () => {
    const file = join(folder, 'ca.pem');
    const cases = ways.flatMap(({ nodes, settings }) => nodes.map((node) => follow(node, settings(file))));
    await Promise.all(cases);
  });

  it('moves it where the file is named by a path relative to the sources', async () => {
    // runTaskProcess starts a step in a new folder beside this one.
    await follow('Node 24', { NODE_EXTRA_CA_CERTS: join('..', basename(folder), 'ca.pem') });
  });
});
