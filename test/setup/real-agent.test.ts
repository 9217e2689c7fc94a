import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgent, installExtension, readTriggers } from '../../local/agent/index.ts';
import { type LocalAzureDevOps, startAzureDevOps } from '../../local/azure-devops/index.ts';
import { packagedExtension } from '../../local/packaged-extension.ts';
import { type LocalPort, startPort } from '../../local/port/index.ts';
import { signInToPort } from '../../local/port-user.ts';
import { runCommand } from './command-line.ts';

const examples = join(import.meta.dirname, '..', '..', 'examples');

interface World {
  readonly ado: LocalAzureDevOps;
  readonly port: LocalPort;
  readonly folder: string;
  /** Executes an action in Port; the run's id. */
  execute(action: string, properties: Record<string, unknown>): Promise<string>;
  settle(): Promise<void>;
}

/** An empty Port, an organization with an agent that has the packaged extension, and one pipeline. */
async function startWorld(pipeline: { name: string; folder: string; file: string }): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'setup-agent-'));
  const extensions = [await installExtension(packagedExtension(), join(folder, 'extensions'))];
  const options = {
    extensions,
    workDirectory: join(folder, 'agent'),
    timings: { sigint: 200, sigterm: 200 },
  };
  const runner = createAgent(options);
  const ado = await startAzureDevOps({
    runner,
    personalAccessToken: 'pat',
    triggers: async (file) => readTriggers(await readFile(file, 'utf8'), file).webhooks,
    runNumber: (request) => runner.runNumber(request),
    preview: (request) => runner.preview(request),
  });
  const port = await startPort({ azureDevOpsUrl: ado.url });
  ado.createPipeline({
    name: pipeline.name,
    file: join(pipeline.folder, pipeline.file),
    repositoryDirectory: pipeline.folder,
    hasRunOnce: true,
  });
  const user = await signInToPort(port);
  return {
    ado,
    port,
    folder,
    execute: async (action, properties) => {
      const id = await user.execute(action, properties);
      await port.idle();
      return id;
    },
    settle: async () => {
      await ado.idle();
      await port.idle();
    },
  };
}

async function apply({ ado, port, folder }: World, yaml: string, base: string): Promise<void> {
  const local = yaml
    .replace('https://dev.azure.com/my-org', ado.organizationUrl)
    .replaceAll(/\b(?:port\/)?[\w.-]+\.json\b/g, (file) => join(base, file))
    .replace(/pipelineFile: (.*)/, (_all, file: string) => `pipelineFile: ${join(base, file)}`);
  await writeFile(join(folder, 'port-azure.yml'), local);
  const { code, stdout, stderr } = await runCommand(
    ['setup', 'apply', '--file', join(folder, 'port-azure.yml')],
    {
      AZURE_DEVOPS_EXT_PAT: 'pat',
      PORT_CLIENT_ID: port.clientId,
      PORT_CLIENT_SECRET: port.clientSecret,
      PORT_BASE_URL: port.url,
    },
  );
  assert.equal(code, 0, stdout + stderr);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('setup, with the packaged extension and an agent', function () {
  this.timeout(60_000);
  let world: World;
  afterEach(async () => {
    await world.ado.close();
    await world.port.close();
    await rm(world.folder, { recursive: true, force: true });
  });

  it('is all that the deploy example needs, from nothing to a run that ends as SUCCESS with its entity', async () => {
    const folder = join(examples, 'deploy');
    world = await startWorld({ name: 'deploy', folder, file: 'deploy.yml' });
    await apply(world, await readFile(join(folder, 'port-azure.yml'), 'utf8'), folder);

    const id = await world.execute('deploy_service', { service: 'checkout', environment: 'test' });
    await world.settle();

    const { store } = world.port;
    assert.equal(store.run(id).status, 'SUCCESS', world.ado.buildLog(1));
    assert.equal(store.entitiesOf('deployment').size, 1);
  });

  describe('and the net of its example', () => {
    const folder = join(examples, 'lost-agent-net');
    beforeEach(async () => {
      world = await startWorld({ name: 'sleep', folder, file: 'lost-agent-net.yml' });
      await apply(world, await readFile(join(folder, 'port-azure.yml'), 'utf8'), folder);
    });

    it('ends a run that was cancelled in the queue', async () => {
      world.ado.pauseQueue();
      const id = await world.execute('sleep', { seconds: '0' });
      world.ado.cancel(1);
      await world.settle();
      assert.equal(world.port.store.run(id).status, 'FAILURE');
      assert.equal(world.port.store.run(id).statusLabel, 'Canceled');
    });

    it('ends a run whose agent was killed', async () => {
      const id = await world.execute('sleep', { seconds: '60' });
      await until(() =>
        [...world.ado.build(1).records.values()].some(
          ({ name, state }) => name === 'Deploy' && state === 'inProgress',
        ),
      );
      assert.equal(world.port.store.run(id).status, 'IN_PROGRESS');
      world.ado.loseAgent(1);
      await world.settle();
      assert.equal(world.port.store.run(id).status, 'FAILURE');
      assert.equal(world.port.store.run(id).statusLabel, 'Pipeline failed');
    });

    it('ends a run as SUCCESS whose pipeline has no step for Port', async () => {
      const id = await world.execute('sleep', { seconds: '0' });
      await world.settle();
      assert.equal(world.port.store.run(id).status, 'SUCCESS');
    });
  });

  describe('and the approvals of its example', () => {
    const folder = join(examples, 'approve-in-port');
    beforeEach(async () => {
      world = await startWorld({ name: 'release', folder, file: 'deploy.yml' });
      world.ado.requireApproval('production');
      const { store } = world.port;
      store.secrets.set('AZURE_DEVOPS_APPROVER', Buffer.from(':pat').toString('base64'));
      await apply(world, await readFile(join(folder, 'port-azure.yml'), 'utf8'), folder);
    });

    /** Starts a release, and presses a button when it waits. */
    async function decide(button: string) {
      const { ado, port } = world;
      const id = await world.execute('release_to_production', { imageTag: '1.10' });
      await until(() => port.store.entitiesOf('azure_approval').size > 0);
      await port.idle();
      const waiting = port.store.run(id).statusLabel;
      assert.doesNotMatch(ado.buildLog(1), /Deploying/);
      const [approval = ''] = port.store.entitiesOf('azure_approval').keys();
      const user = await signInToPort(port);
      const pressed = await user.execute(`${button}_azure_approval`, { comment: 'Seen' }, approval);
      await world.settle();
      const { status } = port.store.run(id);
      return { waiting, pressed: port.store.run(pressed).status, status, log: ado.buildLog(1) };
    }

    it('deploys when somebody approves in Port, and the run ends as SUCCESS', async () => {
      const { waiting, pressed, status, log } = await decide('approve');
      assert.equal(waiting, 'Waiting for approval of production by Dev');
      assert.deepEqual([pressed, status], ['SUCCESS', 'SUCCESS'], log);
      assert.match(log, /Deploying 1\.10 to production/);
    });

    it('deploys nothing when somebody rejects in Port, and the run ends as FAILURE', async () => {
      const { pressed, status, log } = await decide('reject');
      assert.deepEqual([pressed, status], ['SUCCESS', 'FAILURE'], log);
      assert.doesNotMatch(log, /Deploying/);
    });
  });
});
