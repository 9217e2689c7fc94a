import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Build } from '../../../local/azure-devops/index.ts';
import type { Loop } from '../../../local/loop.ts';
import { examples, startPackagedLoop } from '../../support/loop-run.ts';
import { until } from '../../support/until.ts';

/** What shows by a tag of the build that it was obeyed. */
const command = 'x\n##vso[build.addbuildtag]PWNED';

describe('the example', function () {
  this.timeout(60_000);
  let loop: Loop;
  beforeEach(async () => {
    loop = await startPackagedLoop();
  });
  afterEach(() => loop.close());

  const variables = { dbPassword: { value: 'hunter2', isSecret: true } };
  const add = (folder: string) =>
    loop.addExample(join(examples, folder), [{ file: `${folder}.yml`, variables }]);
  const write = (blueprint: string, entity: object) =>
    loop.user.call('POST', `/v1/blueprints/${blueprint}/entities?upsert=true`, entity);

  const run = async (templateParameters: Readonly<Record<string, string>> = {}): Promise<Build> => {
    const { id } = await loop.azureDevOps.queue({ definitionId: 1, reason: 'manual', templateParameters });
    const build = await loop.azureDevOps.waitForBuild(id);
    await loop.idle();
    return build;
  };
  const log = ({ id }: Build) => loop.azureDevOps.buildLog(id);

  describe('rollback-to-previous-image', () => {
    const imageTag = () =>
      loop.port.store.entity('running_service', 'checkout-production')?.properties.imageTag;
    beforeEach(() => add('rollback-to-previous-image'));

    it('tells Port which image runs when the deployment succeeded', async () => {
      const build = await run({ imageTag: '2.0' });
      assert.equal(build.result, 'succeeded', log(build));
      assert.equal(imageTag(), '2.0');
    });

    it('deploys the image that Port knows when the new one fails', async () => {
      await write('running_service', { identifier: 'checkout-production', properties: { imageTag: '1.10' } });
      const build = await run({ imageTag: 'broken' });
      assert.equal(build.result, 'failed');
      assert.match(
        log(build),
        /checkout does not answer with image broken[\s\S]*Deploying checkout with image 1\.10/,
      );
      assert.equal(imageTag(), '1.10');
    });

    for (const imageTag of [command, '$(dbPassword)', 'x\nlocked: PWNED'])
      it(`obeys and expands nothing of a parameter that is ${JSON.stringify(imageTag)}`, async () => {
        const build = await run({ imageTag });
        assert.equal(build.result, 'failed', log(build));
        assert.deepEqual([...build.tags], []);
        assert.doesNotMatch(log(build), /hunter2|\*\*\*/);
        assert.deepEqual([...loop.port.store.entitiesOf('running_service').keys()], []);
      });

    it('obeys no command that the catalog holds as the running image', async () => {
      await write('running_service', {
        identifier: 'checkout-production',
        properties: { imageTag: command },
      });
      const build = await run({ imageTag: 'broken' });
      assert.deepEqual([...build.tags], []);
      assert.doesNotMatch(log(build), /Deploying checkout with image #/);
    });

    it('has nothing to roll back to the first time', async () => {
      const build = await run({ imageTag: 'broken' });
      assert.equal(build.result, 'failed');
      assert.equal(log(build).match(/^.*Deploying checkout with image/gm)?.length, 1);
    });
  });

  describe('deploy-found-services', () => {
    beforeEach(() => add('deploy-found-services'));

    it('deploys each service that the search finds in a job of its own', async () => {
      const service = (identifier: string, deploysNightly: boolean, imageTag: string) =>
        write('service', { identifier, properties: { environment: 'production', deploysNightly, imageTag } });
      await service('checkout', true, '1.10');
      await service('cart/api', true, '2.0');
      await service('ads', false, '3.0');
      const build = await run();
      assert.equal(build.result, 'succeeded', log(build));
      const deployed = [...log(build).matchAll(/Deploying (\S+) with image (\S+)/g)].map(([line]) => line);
      assert.deepEqual(deployed.sort(), [
        'Deploying cart/api with image 2.0',
        'Deploying checkout with image 1.10',
      ]);
      const jobs = [...build.records.values()].filter(({ type }) => type === 'Job').map(({ name }) => name);
      assert.deepEqual(jobs.sort(), ['deploy cart_api', 'deploy checkout', 'find']);
    });

    it('deploys nothing where nothing is found', async () => {
      const build = await run();
      assert.equal(build.result, 'succeeded', log(build));
      assert.doesNotMatch(log(build), /Deploying/);
    });

    it('never expands what an entity holds', async () => {
      const properties = {
        environment: 'production',
        deploysNightly: true,
        imageTag: '$(Build.DefinitionName)',
      };
      await write('service', { identifier: 'checkout', properties });
      const build = await run();
      assert.match(log(build), /The image tag is refused/);
      assert.doesNotMatch(log(build), /deploy-found-services\.yml/);
    });

    it('obeys no command that an entity holds', async () => {
      const properties = { environment: 'production', deploysNightly: true, imageTag: command };
      await write('service', { identifier: 'checkout', properties });
      assert.deepEqual([...(await run()).tags], []);
    });
  });

  it('delete-temporary-environment deletes the entity and what relates to it, tied to the run', async () => {
    await add('delete-temporary-environment');
    await write('temporaryEnvironment', { identifier: 'pr-42' });
    await write('temporaryEnvironment', { identifier: 'pr-43' });
    await write('service_deployment', { identifier: 'cart-pr-42', relations: { environment: 'pr-42' } });
    const { runId, build } = await loop.execute('delete_environment', {}, 'pr-42');
    assert.equal(build.result, 'succeeded', log(build));
    assert.equal(loop.port.store.run(runId).status, 'SUCCESS');
    assert.deepEqual([...loop.port.store.entitiesOf('temporaryEnvironment').keys()], ['pr-43']);
    assert.deepEqual([...loop.port.store.entitiesOf('service_deployment').keys()], []);
    const deletion = loop.port.requests.find(({ method }) => method === 'DELETE');
    assert.equal(deletion?.query.run_id, runId);
  });

  describe('start-action-and-wait', () => {
    beforeEach(() => add('start-action-and-wait'));

    const decide = async (status: 'APPROVE' | 'DECLINE') => {
      await until('the action is started', () => loop.port.store.runs.size === 1);
      const [runId = ''] = loop.port.store.runs.keys();
      await loop.user.call('PATCH', `/v1/actions/runs/${runId}/approval`, { status });
      return runId;
    };

    it('waits for the approval, shows the log, and goes on', async () => {
      const running = run();
      const runId = await decide('APPROVE');
      const end = { message: 'Promoted to production', terminationStatus: 'SUCCESS' };
      await loop.user.call('POST', `/v1/actions/runs/${runId}/logs`, end);
      const build = await running;
      assert.equal(build.result, 'succeeded', log(build));
      assert.match(log(build), /Promoted to production/);
      assert.match(log(build), new RegExp(`checkout is promoted: http\\S+runId=${runId}`));
      assert.deepEqual(loop.port.store.run(runId).properties, { service: 'checkout', version: '1.10' });
    });

    it('fails where the approval is declined', async () => {
      const running = run();
      await decide('DECLINE');
      const build = await running;
      assert.equal(build.result, 'failed');
      assert.match(log(build), /of action promote_release was declined/);
      assert.doesNotMatch(log(build), /is promoted/);
    });

    it('leaves the run alone when the pipeline is cancelled', async () => {
      const { id } = await loop.azureDevOps.queue({ definitionId: 1, reason: 'manual' });
      await until('the action is started', () => loop.port.store.runs.size === 1);
      await until('the step waits', () =>
        loop.azureDevOps.buildLog(id).includes('Started action promote_release'),
      );
      loop.azureDevOps.cancel(id);
      const build = await loop.azureDevOps.waitForBuild(id);
      assert.equal(build.result, 'canceled');
      assert.match(log(build), /Stopped waiting; the run goes on in Port/);
      assert.deepEqual(
        [...loop.port.store.runs.values()].map(({ status }) => status),
        ['WAITING_FOR_APPROVAL'],
      );
    });
  });

  describe('start-workflow-and-wait', () => {
    beforeEach(() => add('start-workflow-and-wait'));

    /** Starts the pipeline, and waits until the step has said that the workflow waits for a person. */
    const start = async () => {
      const { id } = await loop.azureDevOps.queue({ definitionId: 1, reason: 'manual' });
      await until('the step says who is waited for', () =>
        loop.azureDevOps.buildLog(id).includes('Node "Approve the release" waits for somebody'),
      );
      return id;
    };
    const nodeRun = (node: string) => {
      const nodeRuns = [...loop.port.store.nodeRuns.values()];
      return nodeRuns.find(({ nodeIdentifier }) => nodeIdentifier === node)?.identifier ?? '';
    };
    const workflowRuns = () =>
      [...loop.port.store.workflowRuns.values()].map(({ status, result }) => [status, result]);

    it('shows its nodes and their logs, and goes on when it has succeeded', async () => {
      const id = await start();
      loop.port.answerInput(nodeRun('approve'), { button: 'release' });
      await loop.port.idle();
      const path = `/v1/workflows/nodes/runs/${nodeRun('promote')}`;
      const end = { status: 'COMPLETED', result: 'SUCCESS', statusLabel: 'Promoted' };
      await loop.user.call('POST', `${path}/logs`, { logs: [{ level: 'INFO', message: 'Now at 1.10' }] });
      await loop.user.call('PATCH', path, end);
      const build = await loop.azureDevOps.waitForBuild(id);
      assert.equal(build.result, 'succeeded', log(build));
      const lines = log(build).split('\n');
      for (const line of ['Node "Promote the release" is SUCCESS "Promoted".', '  Now at 1.10'])
        assert.equal(lines.filter((shown) => shown.endsWith(line)).length, 1, log(build));
      assert.match(log(build), /checkout is released, http\S+workflow-run\?runId=wfr_\w+/);
      const [run] = loop.port.store.workflowRuns.values();
      assert.deepEqual(run?.variables.outputs.trigger, { service: 'checkout', version: '1.10' });
    });

    it('is cancelled with the pipeline, and ends as CANCELLED when its node has', async () => {
      const id = await start();
      loop.azureDevOps.cancel(id);
      const build = await loop.azureDevOps.waitForBuild(id);
      assert.equal(build.result, 'canceled');
      assert.match(
        log(build),
        /Run wfr_\w+ was cancelled with the job\. It is CANCELLING, and ends when the node/,
      );
      assert.doesNotMatch(log(build), /is released/);
      assert.deepEqual(workflowRuns(), [['CANCELLING', null]]);
      loop.port.answerInput(nodeRun('approve'), { button: 'release' });
      await loop.idle();
      assert.deepEqual(workflowRuns(), [['COMPLETED', 'CANCELLED']]);
      assert.equal(nodeRun('promote'), '');
    });
  });
});
