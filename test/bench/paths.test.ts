import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '../../local/certificates.ts';
import { absenceNotice } from '../../scripts/bundle/left-out.ts';
import { itNamesEveryTask } from '../support/every-task.ts';
import { type ProxyServer, startProxy } from '../support/proxy-server.ts';
import { type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';
import { type TaskProcessOptions, runTaskProcess } from '../support/task-process.ts';
import { asPort, troubledPort } from './port-script.ts';

describe('The built tasks', () => {
  const host = 'api.port.test';
  let folder = '';
  let caFile = '';
  let port: ScriptedServer;
  let troubled: ScriptedServer;
  let proxy: ProxyServer;
  let tlsProxy: ProxyServer;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'paths-'));
    const authority = createAuthority();
    caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, authority.cert);
    const certificate = authority.issue({ hosts: ['127.0.0.1', host] });
    port = await startScriptedServer(asPort, certificate);
    troubled = await startScriptedServer(troubledPort());
    proxy = await startProxy({ target: port.port });
    tlsProxy = await startProxy({ target: port.port, tls: certificate });
    mkdirSync(join(folder, 'catalog'));
    writeFileSync(join(folder, 'catalog', 'a.jsonl'), '{"identifier":"one"}\n{"identifier":"two"}\n');
    writeFileSync(
      join(folder, 'catalog', 'b.yaml'),
      'identifier: three\nproperties: { version: 1.10 }\n---\nidentifier: four\n',
    );
  });

  after(async () => {
    await Promise.all([port.close(), troubled.close(), proxy.close(), tlsProxy.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  interface Path extends Omit<TaskProcessOptions, 'environment'> {
    readonly task: string;
    readonly result: string;
    readonly environment?: () => Readonly<Record<string, string>>;
    /** Which server; the good one when left out. */
    readonly url?: () => string;
  }

  const report = { runId: 'r_1', status: 'success', logMessage: 'hello', link: 'https://example.com/1' };
  const deployment = { blueprint: 'service', environment: 'test', propertyNames: 'commitSha: version' };
  /** Azure DevOps is not there: what a deployment contains stays unknown. */
  const run = {
    ...{
      'System.CollectionUri': 'http://127.0.0.1:9/',
      'System.TeamProjectId': 'p',
      'System.TeamProject': 'p',
    },
    ...{ 'Build.BuildId': '7', 'Build.DefinitionName': 'shop', 'Build.SourceVersion': 'abcdef0' },
  };
  const upsert = { blueprint: 'service', resultFile: 'results.json' };
  const paths: Readonly<Record<string, Path>> = {
    'a report': { task: 'PortRunStatus', inputs: report, result: 'Succeeded' },
    'a report through a proxy': {
      task: 'PortRunStatus',
      inputs: report,
      url: () => `https://${host}`,
      environment: () => ({ HTTPS_PROXY: proxy.url }),
      result: 'Succeeded',
    },
    'a report through a proxy with TLS': {
      task: 'PortRunStatus',
      inputs: report,
      url: () => `https://${host}`,
      environment: () => ({ HTTPS_PROXY: tlsProxy.url }),
      result: 'Succeeded',
    },
    'a report where undici is told to do without SIMD': {
      task: 'PortRunStatus',
      inputs: report,
      environment: () => ({ UNDICI_NO_WASM_SIMD: '1' }),
      result: 'Succeeded',
    },
    'a report that every trouble meets once': {
      task: 'PortRunStatus',
      inputs: report,
      url: () => troubled.url,
      result: 'Succeeded',
    },
    'a report that nobody answers': {
      task: 'PortRunStatus',
      inputs: { ...report, timeoutSeconds: '1' },
      url: () => 'https://127.0.0.1:9',
      result: 'SucceededWithIssues',
    },
    'the start of a tracked job, with progress': {
      task: 'PortRunStatus',
      inputs: { runId: 'r_1', liveProgress: 'true' },
      result: 'Succeeded',
    },
    'the end of a tracked job that failed': {
      task: 'PortRunStatus',
      entry: 'finish',
      inputs: { runId: 'r_1' },
      variables: { 'Agent.JobStatus': 'Failed' },
      result: 'Succeeded',
    },
    'bad input': { task: 'PortRunStatus', inputs: { runId: 'wfr_1', status: 'maybe' }, result: 'Failed' },
    'one entity': {
      task: 'PortUpsertEntity',
      inputs: { ...upsert, identifier: 'one', properties: 'version: 1.10\ntags: [a, b]\n' },
      result: 'Succeeded',
    },
    'one entity whose properties cannot be read': {
      task: 'PortUpsertEntity',
      inputs: { ...upsert, identifier: 'one', properties: 'a: [1,\nb: }' },
      result: 'Failed',
    },
    'entities from files': {
      task: 'PortUpsertEntity',
      inputs: { ...upsert, entitiesFile: 'catalog/*.*' },
      result: 'Succeeded',
    },
    'reading an entity': {
      task: 'PortGetEntity',
      inputs: { blueprint: 'service', identifier: 'one', pick: 'version = properties.version' },
      result: 'Succeeded',
    },
    'a gate': {
      task: 'PortGate',
      inputs: {
        ...{ blueprint: 'service', identifier: 'one', conditions: 'properties.version = 1.10' },
        ...{ requireLevels: 'ready >= Basic', runId: 'r_1', mode: 'dryRun' },
        forbidEntities: '[{ blueprint: service, query: [{ property: version, operator: =, value: 1.10 }] }]',
      },
      result: 'Succeeded',
    },
    'a gate that stops': {
      task: 'PortGate',
      inputs: { blueprint: 'service', identifier: 'one', conditions: 'title = x', runId: 'r_1' },
      result: 'Failed',
    },
    'a search': {
      task: 'PortSearchEntities',
      inputs: { query: 'combinator: and\nrules: []\n', resultFile: 'found.json' },
      result: 'Succeeded',
    },
    'deleting entities': {
      task: 'PortDeleteEntity',
      inputs: { blueprint: 'service', identifiers: 'one\ntwo' },
      result: 'Succeeded',
    },
    'starting an action': {
      task: 'PortExecuteAction',
      inputs: { action: 'deploy', properties: 'note: x\n' },
      result: 'Succeeded',
    },
    'a deployment': {
      task: 'PortDeployment',
      inputs: { ...deployment, record: 'now', status: 'success' },
      variables: run,
      result: 'Succeeded',
    },
    'the start of a deployment': {
      task: 'PortDeployment',
      inputs: deployment,
      variables: run,
      result: 'Succeeded',
    },
    'the end of a deployment': {
      task: 'PortDeployment',
      entry: 'finish',
      inputs: deployment,
      variables: { ...run, 'Agent.JobStatus': 'Failed' },
      environment: () => ({ VSTS_TASKVARIABLE_PORT_DEPLOYMENT_ADDRESS: port.url }),
      result: 'Succeeded',
    },
  };

  itNamesEveryTask(
    Object.values(paths).map(({ task }) => task),
    'add the ways through it to `paths`',
  );
  for (const [name, path] of Object.entries(paths)) {
    it(`use nothing that is left out: ${name}`, async () => {
      const { task, result, inputs, variables, environment, url, ...options } = path;
      const ended = await runTaskProcess(task, {
        ...options,
        inputs: {
          clientId: 'client',
          clientSecret: 'the-client-secret',
          baseUrl: url?.() ?? port.url,
          ...inputs,
        },
        variables: {
          'System.Debug': 'true',
          'Agent.CAInfo': caFile,
          'Build.SourcesDirectory': folder,
          ...variables,
        },
        secrets: { PASSWORD: 'a-secret-value' },
        environment: { NODE_EXTRA_CA_CERTS: caFile, ...environment?.() },
      });
      assert.ok(!ended.output.includes(absenceNotice), ended.output);
      assert.equal(ended.result, result, ended.output);
    });
  }
});
