import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgent, installExtension, readTriggers } from '../../local/agent/index.ts';
import { type LocalAzureDevOps, startAzureDevOps } from '../../local/azure-devops/index.ts';
import { packagedExtension } from '../../local/packaged-extension.ts';
import { type LocalPort, startPort } from '../../local/port/index.ts';
import { signInToPort } from '../../local/port-user.ts';
import { runCommand } from '../setup/command-line.ts';
import { examples } from '../support/loop-run.ts';
import { documentAt } from './documents.ts';

const { codeBlocks } = documentAt('docs/getting-started.md');
const [settings] = codeBlocks.filter(({ language }) => language === 'yaml');
const setupCommands = codeBlocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => text.split('\n'))
  .filter((line) => line.startsWith('npx --no-install port-azure-pipelines'))
  .map((line) => line.split(' ').slice(3));

describe('getting started, as the page says it', function () {
  this.timeout(60_000);
  let [folder, repository] = ['', ''];
  let azureDevOps: LocalAzureDevOps;
  let port: LocalPort;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'getting-started-'));
    repository = join(folder, 'repository');
    cpSync(join(examples, 'deploy'), repository, { recursive: true });
    const extension = await installExtension(packagedExtension(), join(folder, 'extensions'));
    const agent = createAgent({ extensions: [extension], workDirectory: join(folder, 'agent') });
    azureDevOps = await startAzureDevOps({
      runner: agent,
      preview: (request) => agent.preview(request),
      personalAccessToken: 'pat',
      triggers: (file) => readTriggers(readFileSync(file, 'utf8'), file).webhooks,
    });
    port = await startPort({ azureDevOpsUrl: azureDevOps.url });
    azureDevOps.createPipeline({
      name: 'deploy',
      file: join(repository, 'deploy.yml'),
      repositoryDirectory: repository,
    });
  });
  afterEach(async () => {
    await azureDevOps.close();
    await port.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (words: readonly string[]) =>
    runCommand([...words.slice(0, -1), join(repository, 'port-azure.yml')], {
      AZURE_DEVOPS_EXT_PAT: 'pat',
      PORT_CLIENT_ID: port.clientId,
      PORT_CLIENT_SECRET: port.clientSecret,
      PORT_BASE_URL: port.url,
    });

  /** How each command ended, and the first thing that it left. */
  async function setUp(): Promise<string[]> {
    const told: string[] = [];
    const text = settings?.text.replace('https://dev.azure.com/my-org', azureDevOps.organizationUrl) ?? '';
    writeFileSync(join(repository, 'port-azure.yml'), text);
    assert.deepEqual(
      setupCommands.map((words) => words.slice(0, -2).join(' ')),
      ['setup plan', 'setup apply', 'doctor'],
    );
    for (const words of setupCommands) {
      const { code, stdout, stderr } = await run(words);
      told.push(`${code}: ${/^(Next: .*|missing .*|wrong .*)$/m.exec(stdout)?.[0] ?? ''}`);
      assert.ok(!/wrong|error/.test(stdout + stderr), words.join(' ') + stdout + stderr);
    }
    return told;
  }

  it('shows the file that lies beside the pipeline', () => {
    const file = readFileSync(join(examples, 'deploy', 'port-azure.yml'), 'utf8').replace(/^#.*\n/gm, '');
    assert.equal(settings?.text.trim(), file.trim());
  });

  it('leads from an empty Port and a pipeline to a green run', async () => {
    const [plan, apply = '', doctor = '', ...others] = await setUp();
    assert.equal(plan, '0: ');
    assert.match(apply, /^1: Next: Run it once by hand/);
    assert.match(doctor, /^1: missing +first run of pipeline deploy/);
    assert.deepEqual(others, []);

    const { id } = await azureDevOps.queue({ definitionId: 1, reason: 'manual' });
    const byHand = await azureDevOps.waitForBuild(id);
    assert.match(azureDevOps.buildLog(id), /not started by Port/i);
    const failed = [...byHand.records.values()].filter(
      ({ type, result }) => type === 'Task' && result === 'failed',
    );
    assert.deepEqual(
      failed.map(({ name }) => name),
      ['Deploy'],
    );

    const checked = await run(setupCommands.at(-1) ?? []);
    assert.equal(checked.code, 0, checked.stdout + checked.stderr);
    assert.deepEqual(checked.stdout.match(/^(?:missing|wrong|unknown).*/gm) ?? [], []);

    const user = await signInToPort(port);
    const runId = await user.execute('deploy_service', { service: 'checkout', environment: 'test' });
    await port.idle();
    await azureDevOps.idle();
    await port.idle();
    const { status, statusLabel } = port.store.run(runId);
    assert.deepEqual([status, statusLabel], ['SUCCESS', 'Succeeded']);
    assert.equal(port.store.runEntities.get(runId)?.[0]?.blueprint, 'deployment');
  });
});
