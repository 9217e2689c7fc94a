import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeRunner } from '../../local/azure-devops/fake-runner.ts';
import { type Loop, closeLoops, partsTold, startLoop, writesOf } from '../loop-fixture.ts';

const progressAutomations = [
  'azure_pipeline_node_progressed',
  'azure_pipeline_node_started',
  'azure_pipeline_run_kept',
  'azure_pipeline_run_progressed',
  'azure_pipeline_run_started',
];

/** One after the other, as a file changes in its life. */
describe('the parts of progress, in a net that was made without', function () {
  this.timeout(60_000);
  let loop: Loop;
  before(async () => {
    loop = await startLoop({ runner: fakeRunner() });
    await loop.run('setup', 'apply');
    // As an earlier version made them.
    const webhook = loop.port.store.webhook('azure-pipelines-net');
    Object.assign(webhook, { mappings: webhook.mappings.slice(0, 2) });
    const properties = loop.port.store.blueprint('azure_pipeline_run').schema.properties;
    for (const name of ['progress', 'progressOf']) Reflect.deleteProperty(properties, name);
  });
  after(closeLoops);

  async function want(net: string): Promise<void> {
    const file = join(loop.folder, 'port-azure.yml');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/^net: .*$/m, `net: ${net}`));
  }

  const hooks = (): string[] =>
    [...loop.ado.store.subscriptions.values()].map(({ eventType, publisherInputs }) =>
      [/[a-z]+(?=-state)|build/.exec(eventType)?.[0], publisherInputs.pipelineId, publisherInputs.runStateId]
        .filter(Boolean)
        .join(' '),
    );
  const automations = (): string[] =>
    [...loop.port.store.actions.keys()].filter((id) => /_(started|progressed|kept)$/.test(id)).sort();
  const marked = (stdout: string, mark: string): string[] =>
    [...stdout.matchAll(/^(.) \w+ +(.*)$/gm)].flatMap(([, sign, title = '']) =>
      sign === mark ? [title] : [],
    );

  it('are added by apply, and what an earlier version made is brought up to date', async () => {
    await want('{progress: jobs}');
    const { stdout } = await loop.run('setup', 'plan');
    assert.deepEqual(marked(stdout, '~'), [
      'blueprint azure_pipeline_run in Port',
      'webhook azure-pipelines-net in Port',
    ]);
    assert.equal(marked(stdout, '+').length, 8, stdout);

    const { code, stderr } = await loop.run('setup', 'apply');

    assert.equal(code, 0, stderr);
    assert.deepEqual(hooks().sort(), ['job 1', 'run 1 Completed', 'run 1 InProgress', 'stage 1']);
    assert.deepEqual(automations(), progressAutomations);
    assert.equal(loop.port.store.webhook('azure-pipelines-net').mappings.length, 5);
  });

  it('are left as they are by a second apply', async () => {
    const before = writesOf(loop).length;
    const { stdout } = await loop.run('setup', 'apply');
    assert.equal(writesOf(loop).length, before, stdout);
  });

  it('are looked at by doctor, with what became of the last event of each', async () => {
    const [jobs] = [...loop.ado.store.subscriptions.values()].filter(({ eventType }) =>
      eventType.includes('job'),
    );
    assert.ok(jobs);
    const id = jobs.id;
    jobs.status = 'onProbation';
    loop.port.store.actions.delete('azure_pipeline_run_kept');
    loop.ado.store.notifications.push({
      ...{ id: 1, subscriptionId: id, eventId: 'e', createdDate: '2026-01-01T00:00:00Z' },
      ...{ status: 'completed', result: 'failed', details: { errorMessage: 'Gateway Timeout (504)' } },
    });
    const told = await partsTold(loop, 'doctor');
    assert.match(told('azure/service-hook/net-jobs'), /^wrong: it is onProbation/);
    assert.match(told('history/service-hook/net-jobs'), /^wrong: 2026-01-01T00:00:00Z: .*504/);
    assert.match(told('azure/service-hook/net-start'), /^ok: /);
    assert.equal(told('history/service-hook/net-stages'), 'ok: none yet');
    assert.match(told('port/automation/azure_pipeline_run_kept'), /^missing/);

    assert.equal((await loop.run('setup', 'apply')).code, 0);

    assert.equal(loop.ado.store.subscriptions.get(id)?.status, 'enabled');
    assert.deepEqual(automations(), progressAutomations);
  });

  it('go with --prune where the file wants less', async () => {
    await want('{progress: stages}');
    const { stdout } = await loop.run('setup', 'plan');
    assert.deepEqual(marked(stdout, '?'), [
      'service hook ms.vss-pipelines.job-state-changed-event of deploy to Port in Azure DevOps',
    ]);
    await loop.run('setup', 'apply', '--prune', '--yes');
    assert.deepEqual(hooks().sort(), ['run 1 Completed', 'run 1 InProgress', 'stage 1']);

    await want('true');
    await loop.run('setup', 'apply', '--prune', '--yes');
    assert.deepEqual(hooks(), ['run 1 Completed']);
    assert.deepEqual(automations(), []);
    assert.match((await loop.run('setup', 'plan')).stdout, /Nothing to do\.\n$/);
  });

  it('stand beside build.complete as well, and go with destroy, as does the hook of the other event', async () => {
    await want('{event: build.complete, progress: true}');
    const { stdout } = await loop.run('setup', 'plan');
    assert.deepEqual(marked(stdout, '?'), [
      'service hook ms.vss-pipelines.run-state-changed-event of deploy to Port in Azure DevOps',
    ]);
    await loop.run('setup', 'apply');
    assert.deepEqual(hooks().sort(), ['build', 'run 1 Completed', 'run 1 InProgress', 'stage 1']);
    const { code, stderr } = await loop.run('setup', 'destroy', '--yes');
    assert.equal(code, 0, stderr);
    assert.deepEqual([automations(), hooks()], [[], []]);
  });

  for (const progress of ['sometimes', '[]', '1'])
    it(`are not made for progress: ${progress}`, async () => {
      await want(`{progress: ${progress}}`);
      const { code, stderr } = await loop.run('setup', 'plan');
      assert.equal(code, 2);
      assert.match(stderr, /net\.progress must be true or false or stages or jobs, and is /);
    });
});
