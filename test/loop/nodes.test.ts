import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Loop } from '../../local/loop.ts';
import { examples, startPackagedLoop } from '../support/loop-run.ts';
import { until } from '../support/until.ts';

/** What differs between the Nodes is how a process starts, writes and ends: a success, a failure and a cancel on each. */
for (const node of ['node20', 'node24'] as const) {
  describe(`the deploy example on the agent's ${node}`, () => {
    let loop: Loop;
    before(async () => {
      // A task that takes the other Node fails.
      const other = node === 'node20' ? 'node24' : 'node20';
      loop = await startPackagedLoop({ agent: { node, nodePaths: { [other]: '/no/such/node' } } });
      await loop.addExample(join(examples, 'deploy'), [{ file: 'deploy.yml' }]);
    });
    after(() => loop.close());

    const shown = (runId: string) => {
      const { status, statusLabel } = loop.port.store.run(runId);
      return [status, statusLabel];
    };
    it('ends as SUCCESS', async () => {
      const { runId } = await loop.execute('deploy_service', {
        service: 'checkout',
        environment: 'test',
      });
      assert.deepEqual(shown(runId), ['SUCCESS', 'Succeeded']);
    });

    it('ends as FAILURE where a step failed', async () => {
      const { runId } = await loop.execute('deploy_service', { service: 'nosuch', environment: 'test' });
      assert.deepEqual(shown(runId), ['FAILURE', 'Failed at Deploy']);
    });

    it('ends as FAILURE where the Port step itself is canceled', async () => {
      loop.port.faults.add({ match: { method: 'PATCH' }, times: 1, fault: { kind: 'silence' } });
      const patches = loop.port.requests.length;
      const { runId, buildId } = await loop.start('deploy_service', {
        service: 'checkout',
        environment: 'test',
      });
      await until('the PATCH hangs', () =>
        loop.port.requests.slice(patches).some(({ method }) => method === 'PATCH'),
      );
      loop.azureDevOps.cancel(buildId);
      const build = await loop.azureDevOps.waitForBuild(buildId);
      assert.equal(build.result, 'canceled');
      assert.deepEqual(shown(runId), ['FAILURE', 'Canceled']);
    });
  });
}
