import assert from 'node:assert/strict';
import { fakeRunner } from '../local/azure-devops/fake-runner.ts';
import { type Loop, closeLoops, startLoop } from './loop-fixture.ts';

interface Forged {
  readonly loop: Loop;
  readonly victim: string;
}

/** A run in progress in Port, and an organization in which every run by hand puts that run's id into its number. */
async function forged(net: string): Promise<Forged> {
  let victim = '';
  const runner = fakeRunner(({ webhook }) => ({
    result: 'succeeded',
    buildNumber: webhook === undefined ? `1.1 ${victim}` : 'a number without an id',
  }));
  const loop = await startLoop({ runner, net });
  const { code, stderr } = await loop.run('setup', 'apply');
  assert.equal(code, 0, stderr);
  victim = await loop.execute();
  await loop.settle();
  assert.equal(loop.port.store.run(victim).status, 'IN_PROGRESS');
  return { loop, victim };
}

for (const net of ['true', '{event: build.complete}']) {
  describe(`the net and a run id that somebody wrote into a run number (net: ${net})`, function () {
    this.timeout(60_000);
    let loop: Loop;
    let victim: string;
    before(async () => {
      ({ loop, victim } = await forged(net));
    });
    after(closeLoops);

    const status = async (request: Partial<Parameters<Loop['ado']['queue']>[0]>): Promise<string> => {
      await loop.ado.queue({ definitionId: 1, ...request });
      await loop.settle();
      return loop.port.store.run(victim).status;
    };

    it('closes no run for the build of a pull request', async () => {
      const sourceBranch = 'refs/pull/7/merge';
      assert.equal(await status({ reason: 'pullRequest', sourceBranch }), 'IN_PROGRESS');
    });

    it('closes no run for a pull request that was queued by hand', async () => {
      assert.equal(await status({ reason: 'manual', sourceBranch: 'refs/pull/7/merge' }), 'IN_PROGRESS');
    });

    it('closes no run that the branch is named after, in any case and with other signs', async () => {
      for (const name of [victim, victim.toUpperCase(), victim.replace('_', '/')])
        assert.equal(await status({ sourceBranch: `refs/heads/fix-${name}` }), 'IN_PROGRESS', name);
    });

    it('closes the run for a branch of another name', async () => {
      assert.equal(await status({ sourceBranch: 'refs/heads/main' }), 'SUCCESS');
    });
  });
}
