import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Build } from '../../../local/azure-devops/index.ts';
import type { Loop } from '../../../local/loop.ts';
import { leadTimeHours } from '../../../tasks/PortDeployment/entity/measures.ts';
import { examples, startBench, startPackagedLoop, webhook } from '../../support/loop-run.ts';
import { until } from '../../support/until.ts';

const hours = (count: number): string => new Date(Date.now() - count * 3_600_000).toISOString();

describe('deployments of a pipeline with two environments', function () {
  this.timeout(180_000);
  let loop: Loop;
  beforeEach(async () => {
    loop = await startPackagedLoop();
  });
  afterEach(() => loop.close());

  const write = (blueprint: string, entity: object) =>
    loop.user.call('POST', `/v1/blueprints/${blueprint}/entities?upsert=true`, entity);
  const run = async (broken = 'none', sourceVersion?: string): Promise<Build> => {
    const { id } = await loop.azureDevOps.queue({
      ...{ definitionId: 1, reason: 'manual', templateParameters: { broken } },
      ...(sourceVersion !== undefined && { sourceVersion }),
    });
    return loop.azureDevOps.waitForBuild(id);
  };
  const log = ({ id }: Build) => loop.azureDevOps.buildLog(id);
  const stored = () => [...loop.port.store.entitiesOf('deployment').values()];

  /** Status, commits, lead time and rollback of a deployment; its lead time is the one from a commit of this time. */
  const shown = (identifier: string, first?: string) => {
    const entity = loop.port.store.entity('deployment', identifier);
    if (entity === undefined) return undefined;
    const { deploymentStatus, commitCount, leadTimeHours: given, isRollback, createdAt } = entity.properties;
    const counted =
      first === undefined ? undefined : leadTimeHours(Date.parse(first), Date.parse(String(createdAt)));
    assert.equal(given, counted, identifier);
    return [deploymentStatus, commitCount, isRollback];
  };

  it('are each as a count by hand gives them: good, failed, gone back, canceled', async () => {
    await loop.addExample(join(examples, 'dora'), [{ file: 'dora.yml' }]);
    await write('service', { identifier: 'checkout', title: 'my-project' });
    await write('workItem', { identifier: '1' });
    const { azureDevOps } = loop;
    azureDevOps.addWorkItem({ title: 'Cards' });
    const dates = { one: hours(40), two: hours(30), three: hours(20), four: hours(10) };
    const one = azureDevOps.addCommit({ message: 'one', date: dates.one, workItems: [1] });
    const first = await run();
    assert.equal(first.result, 'succeeded', log(first));
    azureDevOps.addCommit({ message: 'two', date: dates.two });
    azureDevOps.addCommit({ message: 'three', date: dates.three });
    const second = await run('Production');
    assert.equal(second.result, 'failed', log(second));
    azureDevOps.addCommit({ message: 'four', date: dates.four });
    const third = await run();
    const back = await run('none', one.id);
    assert.deepEqual([third.result, back.result], ['succeeded', 'succeeded']);
    const name = (build: number, place: string) => `dora.yml-${build}-${place}-${place}`;
    assert.deepEqual(shown(name(1, 'Staging'), dates.one), ['Success', 1, false]);
    assert.deepEqual(shown(name(1, 'Production'), dates.one), ['Success', 1, false]);
    assert.deepEqual(shown(name(2, 'Staging'), dates.two), ['Success', 2, false]);
    assert.deepEqual(shown(name(2, 'Production')), ['Failed', 2, false]);
    assert.deepEqual(shown(name(3, 'Staging'), dates.four), ['Success', 1, false]);
    assert.deepEqual(shown(name(3, 'Production'), dates.two), ['Success', 3, false]);
    assert.deepEqual(shown(name(4, 'Staging')), ['Success', 0, true]);
    assert.deepEqual(shown(name(4, 'Production')), ['Success', 0, true]);
    assert.equal(stored().length, 8);
    const { relations, properties } = loop.port.store.entity('deployment', name(1, 'Production')) ?? {};
    assert.deepEqual(relations, { service: 'checkout', pullRequest: [], workItem: ['1'] });
    assert.deepEqual([properties?.environment, properties?.commitSha], ['Production', one.id]);
    assert.match(log(first), /## dora\.yml \S+ to Production\n[\s\S]*### Work items[\s\S]*Cards/);
    const notes = azureDevOps.build(first.id).attachments.map(({ content }) => content.toString());
    assert.ok(notes.some((text) => text.includes('### Commits') && text.includes('| Status | Success |')));
  });

  it('of the legs of a matrix, and of a second attempt, have names of their own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
    try {
      await loop.addExample(join(examples, 'dora'), []);
      await write('service', { identifier: 'checkout' });
      writeFileSync(
        join(folder, 'shop.yml'),
        `
trigger: none
stages:
- stage: Deploy
  jobs:
  - job: deploy
    strategy:
      matrix: $[ '{"east":{"place":"Testing"},"west":{"place":"Testing"}}' ]
    steps:
    - task: PortDeployment@1
      inputs:
        portConnection: port
        environment: $(place)
        service: checkout
    - script: test $(System.StageAttempt) -gt 1
`,
      );
      await loop.addExample(folder, [{ file: 'shop.yml' }]);
      loop.azureDevOps.addCommit({ message: 'one' });
      const { id } = await loop.azureDevOps.queue({ definitionId: 1, reason: 'manual' });
      await loop.azureDevOps.waitForBuild(id);
      loop.azureDevOps.rerunFailedStages(id);
      const build = await loop.azureDevOps.waitForBuild(id);
      assert.equal(build.result, 'succeeded', log(build));
      const found = stored().map(({ identifier, properties }) => [
        identifier,
        ...[properties.deploymentStatus, properties.commitCount],
      ]);
      assert.deepEqual(found.sort(), [
        ['shop.yml-1-Deploy-Testing-east', 'Failed', 1],
        ['shop.yml-1-Deploy-Testing-east-2', 'Success', 1],
        ['shop.yml-1-Deploy-Testing-west', 'Failed', 1],
        ['shop.yml-1-Deploy-Testing-west-2', 'Success', 1],
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('of later builds change no earlier one, and a cancelled one leaves none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
    try {
      const pipeline = (script: string) => `
trigger: none
steps:
  - task: PortDeployment@1
    inputs:
      portConnection: port
      environment: Testing
      service: checkout
      blueprint: deployment
      propertyNames: "deployingUser:"
  - script: ${script}
`;
      await loop.addExample(join(examples, 'dora'), []);
      await write('service', { identifier: 'checkout' });
      writeFileSync(join(folder, 'quick.yml'), pipeline('echo deployed'));
      writeFileSync(join(folder, 'slow.yml'), pipeline('echo waiting; sleep 60'));
      await loop.addExample(folder, [{ file: 'quick.yml' }, { file: 'slow.yml' }]);
      const start = async (definitionId: number) =>
        (await loop.azureDevOps.queue({ definitionId, reason: 'manual' })).id;
      let before: string[] = [];
      for (const message of ['one', 'two']) {
        loop.azureDevOps.addCommit({ message });
        const build = await loop.azureDevOps.waitForBuild(await start(1));
        assert.equal(build.result, 'succeeded', log(build));
        const now = stored().map((entity) => JSON.stringify(entity));
        assert.deepEqual(now.slice(0, before.length), before);
        before = now;
      }
      assert.equal(before.length, 2);
      const id = await start(2);
      await until('the slow pipeline waits', () => loop.azureDevOps.buildLog(id).includes('waiting\n'));
      loop.azureDevOps.cancel(id);
      const build = await loop.azureDevOps.waitForBuild(id);
      assert.equal(build.result, 'canceled');
      assert.match(log(build), /No deployment is recorded: the job was canceled/);
      assert.deepEqual(
        stored().map((entity) => JSON.stringify(entity)),
        before,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the release notes of a deployment', function () {
  this.timeout(60_000);

  it('become the summary of the run in Port', async () => {
    const bench = await startBench(`
trigger: none
${webhook}
steps:
- task: PortRunStatus@1
  inputs:
    portConnection: port
    runId: \${{ parameters.port.port_context.runId }}
    summaryFile: $(Build.ArtifactStagingDirectory)/notes.md
- task: PortDeployment@1
  inputs:
    portConnection: port
    runId: \${{ parameters.port.port_context.runId }}
    environment: test
    changesFile: $(Build.ArtifactStagingDirectory)/notes.md
- script: echo deployed
`);
    try {
      bench.loop.azureDevOps.addCommit({ message: 'Add cards' });
      const { runId, build } = await bench.run();
      assert.equal(build.result, 'succeeded', bench.loop.azureDevOps.buildLog(build.id));
      const { status, summary } = bench.portRun(runId);
      assert.equal(status, 'SUCCESS');
      assert.match(summary ?? '', /### Commits\n\n- \[[0-9a-f]{8}\]\(<http.*>\) Add cards/);
      const [entity] = bench.loop.port.store.runEntities.get(runId) ?? [];
      assert.equal(entity?.identifier, `deploy.yml-${build.id}-test`);
    } finally {
      await bench.close();
    }
  });
});
