import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signInToPort } from '../../local/port-user.ts';
import { until } from '../support/until.ts';
import { type World, apply, examples, startWorld } from './real-agent-world.ts';

describe('setup, with the packaged extension and an agent', function () {
  this.timeout(60_000);
  let world: World;
  afterEach(() => world.close());

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

  describe('and the approvals of its example', () => {
    const folder = join(examples, 'approve-in-port');
    beforeEach(async () => {
      world = await startWorld({ name: 'release', folder, file: 'approve-in-port.yml' });
      world.ado.requireApproval('production');
      const { store } = world.port;
      store.secrets.set('AZURE_DEVOPS_APPROVER', Buffer.from(':pat').toString('base64'));
      await apply(world, await readFile(join(folder, 'port-azure.yml'), 'utf8'), folder);
    });

    /** Starts a release, and presses a button when it waits. */
    async function decide(button: string) {
      const { ado, port } = world;
      const id = await world.execute('release_to_production', { imageTag: '1.10' });
      await until('the approval is in Port', () => port.store.entitiesOf('azure_approval').size > 0);
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
