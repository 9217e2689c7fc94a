import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeRunner } from '../../local/azure-devops/fake-runner.ts';
import { type Loop, closeLoops, startLoop } from '../loop-fixture.ts';

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

    it('closes no run for another pipeline, also where the subscription is an old one of all pipelines', async () => {
      const { file, repositoryDirectory } = [...loop.ado.store.pipelines.values()][0] ?? assert.fail();
      const other = loop.ado.createPipeline({ name: 'other', file, repositoryDirectory, hasRunOnce: true });
      const filters = (): string[] =>
        [...loop.ado.store.subscriptions.values()].map(
          ({ publisherInputs: { pipelineId, definitionName } }) => pipelineId ?? definitionName ?? '',
        );
      const [subscription] = loop.ado.store.subscriptions.values();
      assert.ok(subscription);
      const wanted = filters();
      const { pipelineId: _id, definitionName: _name, ...old } = subscription.publisherInputs;
      const copies = ['first', 'second'].map((id) => ({ ...subscription, id, publisherInputs: { ...old } }));
      loop.ado.store.subscriptions.clear();
      for (const copy of copies) loop.ado.store.subscriptions.set(copy.id, copy);

      const doctor = await loop.run('doctor');
      await loop.run('setup', 'apply');
      const again = await loop.run('setup', 'apply');

      assert.match(doctor.stdout, /wrong {4}service hook .*\n.*(pipelineId|definitionName) is not set/);
      assert.match(doctor.stdout, /subscription second tells Port of the runs of every pipeline/);
      assert.equal(again.code, 0, again.stderr);
      assert.deepEqual(filters(), wanted);
      assert.equal(await status({ definitionId: other.id }), 'IN_PROGRESS');
    });

    it("leaves the subscription of another file's pipeline alone, and makes one of its own", async () => {
      const { subscriptions } = loop.ado.store;
      const settings = join(loop.folder, 'port-azure.yml');
      const text = await readFile(settings, 'utf8');
      const before = [...subscriptions.values()].map((each) => structuredClone(each));
      await writeFile(settings, text.replace('pipeline: deploy\n', 'pipeline: other\n'));
      const { code, stderr } = await loop.run('setup', 'apply');
      await writeFile(settings, text);
      assert.equal(code, 0, stderr);
      assert.equal(subscriptions.size, before.length + 1);
      assert.deepEqual([...subscriptions.values()].slice(0, -1), before);
      assert.equal((await loop.run('doctor')).code, 0);
    });

    it('closes the run for a branch of another name', async () => {
      assert.equal(await status({ sourceBranch: 'refs/heads/main' }), 'SUCCESS');
    });
  });
}
