import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../support/until.ts';
import { type World, apply, examples, startWorld } from './real-agent-world.ts';

const deploySettings = `
organization: https://dev.azure.com/my-org
project: my-project
pipeline: deploy
pipelineFile: deploy.yml
webhook: { name: portDeploy, connection: port-webhook }
portConnection: port
port:
  blueprints: [port/deployment.blueprint.json]
  actions: [port/deploy_service.action.json]
net: true
`;

describe('setup, with the packaged extension and an agent', function () {
  this.timeout(60_000);
  let world: World;
  afterEach(() => world.close());

  it('is all that the deploy example needs, from nothing to a run that ends as SUCCESS with its entity', async () => {
    const folder = join(examples, 'deploy');
    world = await startWorld({ name: 'deploy', folder, file: 'deploy.yml' });
    await apply(world, deploySettings, folder);

    const id = await world.execute('deploy_service', { service: 'checkout', environment: 'test' });
    await world.settle();

    const { store } = world.port;
    assert.equal(store.run(id).status, 'SUCCESS', world.ado.buildLog(1));
    assert.equal(store.entitiesOf('deployment').size, 1);
  });

  describe('and the net of its example', () => {
    const folder = join(examples, 'lost-agent-net');
    beforeEach(async () => {
      world = await startWorld({ name: 'sleep', folder, file: 'deploy.yml' });
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
      await until('the step runs', () =>
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
});
