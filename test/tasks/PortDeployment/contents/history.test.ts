import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type DeploymentSetting, hoursAgo, startDeploymentSetting } from '../setting.ts';

type Texts = Readonly<Record<string, string>>;

describe('What a deployment contains', () => {
  let deployment: DeploymentSetting;
  beforeEach(async () => {
    deployment = await startDeploymentSetting();
  });
  afterEach(() => deployment.close());

  /** Commits, lead time in whole hours, and whether it is a rollback, as the entity has them. */
  const deploy = async (variables: Texts, inputs: Texts = {}) => {
    const { result, message, outputs, host } = await deployment.now(variables, inputs);
    assert.equal(result, 'Succeeded', message);
    const { commitCount, leadTimeHours, isRollback } = deployment.entity(outputs.identifier ?? '');
    const hours = leadTimeHours === undefined ? undefined : Math.floor(Number(leadTimeHours));
    assert.equal(outputs.leadTimeHours, typeof leadTimeHours === 'number' ? String(leadTimeHours) : '');
    return { shown: [commitCount, hours, isRollback], outputs, host };
  };

  it('is what was committed since the last one of this environment that succeeded', async () => {
    const { ado, build } = deployment;
    ado.addCommit({ message: 'one', date: hoursAgo(50) });
    const first = await build();
    ado.addCommit({ message: 'two', date: hoursAgo(30) });
    ado.addCommit({ message: 'three', date: hoursAgo(20) });
    const second = await build();
    ado.addCommit({ message: 'four', date: hoursAgo(10) });
    const third = await build();
    const staging = { environment: 'Staging' };
    assert.deepEqual((await deploy(first)).shown, [1, 50, false]);
    assert.deepEqual((await deploy(first, staging)).shown, [1, 50, false]);
    assert.deepEqual((await deploy(second, { status: 'failed' })).shown, [2, undefined, false]);
    assert.deepEqual((await deploy(second, staging)).shown, [2, 30, false]);
    assert.deepEqual((await deploy(third)).shown, [3, 30, false]);
    assert.deepEqual((await deploy(third, staging)).shown, [1, 10, false]);
  });

  it('is nothing where it goes back, which it is said to do, and all that was undone where it goes on', async () => {
    const { ado, build } = deployment;
    const builds: Texts[] = [];
    for (const [message, hours] of [['one', 9] as const, ['two', 6] as const, ['three', 3] as const]) {
      ado.addCommit({ message, date: hoursAgo(hours) });
      builds.push(await build());
    }
    const [first = {}, second = {}, third = {}] = builds;
    await deploy(first);
    assert.deepEqual((await deploy(second)).shown, [1, 6, false]);
    assert.deepEqual((await deploy({ ...first, 'System.StageAttempt': '2' })).shown, [0, undefined, true]);
    assert.deepEqual((await deploy(third)).shown, [2, 6, false]);
  });

  it('is nothing, and no rollback, where the same commit is deployed again', async () => {
    const { ado, build } = deployment;
    ado.addCommit({ message: 'one' });
    await deploy(await build());
    assert.deepEqual((await deploy(await build())).shown, [0, undefined, false]);
  });

  it('is the same for all legs of a matrix, whichever is first, and for a second attempt', async () => {
    const { ado, build } = deployment;
    ado.addCommit({ message: 'one' });
    await deploy(await build());
    ado.addCommit({ message: 'two', date: hoursAgo(5) });
    const second = await build();
    for (const name of ['east', 'west']) {
      const leg = { ...second, 'System.TotalJobsInPhase': '2', 'System.JobName': name };
      const { shown, outputs } = await deploy(leg);
      assert.deepEqual([shown, outputs.identifier], [[1, 5, false], `shop-2-Deploy-Production-${name}`]);
    }
    const { shown, outputs } = await deploy({ ...second, 'System.StageAttempt': '2' });
    assert.deepEqual([shown, outputs.identifier], [[1, 5, false], 'shop-2-Deploy-Production-2']);
  });

  it('does not count deployments of other services', async () => {
    const { ado, build, setting } = deployment;
    await setting.addEntity('service', { identifier: 'cart' });
    ado.addCommit({ message: 'one', date: hoursAgo(8) });
    await deploy(await build(), { service: 'cart' });
    ado.addCommit({ message: 'two' });
    const second = await build();
    assert.deepEqual((await deploy(second, { service: 'cart', identifier: 'cart' })).shown, [1, 0, false]);
    ado.addCommit({ message: 'three' });
    assert.deepEqual((await deploy(await build())).shown, [1, 0, false]);
  });

  it('begins where it is told: after a build, or after a commit', async () => {
    const { ado, build } = deployment;
    const { id } = ado.addCommit({ message: 'one' });
    await build();
    ado.addCommit({ message: 'two' });
    await build();
    ado.addCommit({ message: 'three' });
    const third = await build();
    const countSince = async (since: string) => (await deploy(third, { since })).shown[0];
    assert.deepEqual([await countSince('1'), await countSince('2')], [2, 1]);
    assert.deepEqual([await countSince(id), await countSince(id.slice(0, 7).toUpperCase())], [2, 2]);
    const { shown, host } = await deploy(third, { since: 'f'.repeat(40), identifier: 'unknown' });
    assert.deepEqual(shown, [undefined, undefined, undefined]);
    assert.match(
      host.warnings.join(),
      /commits \(of the last 200 builds of this pipeline, none is of commit f{40}\)/,
    );
  });

  it('is found by the commit where the last deployment has no address of its run', async () => {
    const { ado, build } = deployment;
    const { id } = ado.addCommit({ message: 'one' });
    await build();
    await deployment.setting.addEntity('deployment', {
      identifier: 'imported',
      properties: {
        ...{ environment: 'Production', deploymentStatus: 'Success', commitSha: id },
        ...{ createdAt: hoursAgo(48), jobUrl: 'https://dev.azure.com/other/other/_build/results?buildId=7' },
      },
      relations: { service: 'checkout' },
    });
    for (const message of ['two', 'three']) ado.addCommit({ message });
    assert.deepEqual((await deploy(await build())).shown, [2, 0, false]);
  });

  it('is that of the build alone where the blueprint does not tell deployments apart, which is said', async () => {
    const { ado, build, setting } = deployment;
    await setting.addBlueprint({ identifier: 'plain', properties: { commitCount: 'number' } });
    ado.addCommit({ message: 'one' });
    const { outputs } = await deployment.now(await build(), { blueprint: 'plain' });
    const notes = readFileSync(outputs.changesFile ?? '', 'utf8');
    assert.match(notes, /> The changes are those of this build alone: blueprint plain has no properties for/);
    assert.equal(outputs.commitCount, '1');
  });

  it('ends with the newest 250 commits, without a lead time, and says so', async () => {
    const { ado, build } = deployment;
    ado.addCommit({ message: 'base' });
    await deploy(await build());
    for (let index = 0; index < 251; index++)
      ado.addCommit({ message: `number ${index}`, date: hoursAgo(300 - index) });
    const { shown, outputs, host } = await deploy(await build());
    assert.deepEqual(shown, [250, undefined, false]);
    const notes = readFileSync(outputs.changesFile ?? '', 'utf8');
    assert.match(notes, /number 250,/);
    assert.doesNotMatch(notes, /number 0,/);
    const said = /These are the newest 250 commits; there are more, or may be\. The lead time is left out/;
    assert.match(notes, said);
    assert.match(host.lines.join('\n'), said);
  });

  it('of a first deployment ends with 200 commits, which is all that a build tells', async () => {
    const { ado, build } = deployment;
    for (let index = 0; index < 200; index++) ado.addCommit({ message: `number ${index}` });
    assert.deepEqual((await deploy(await build())).shown, [200, undefined, false]);
  });

  it('of a first deployment is what its build brought', async () => {
    const { ado, build } = deployment;
    ado.addCommit({ message: 'one' });
    await build();
    ado.addCommit({ message: 'two', date: hoursAgo(2) });
    assert.deepEqual((await deploy(await build())).shown, [1, 2, false]);
  });

  it('is not asked for where it is not wanted', async () => {
    const { ado, build } = deployment;
    ado.addCommit({ message: 'one' });
    const variables = await build();
    const before = ado.store.requests.length;
    assert.deepEqual((await deploy(variables, { contents: 'false' })).shown, [
      undefined,
      undefined,
      undefined,
    ]);
    assert.equal(ado.store.requests.length, before);
  });

  it('of a later build changes no earlier deployment', async () => {
    const { ado, build, setting } = deployment;
    const stored = () =>
      [...setting.port.store.entitiesOf('deployment').values()].map((entity) => JSON.stringify(entity));
    let before: string[] = [];
    for (const message of ['one', 'two', 'three']) {
      ado.addCommit({ message });
      await deploy(await build());
      assert.deepEqual(stored().slice(0, before.length), before);
      before = stored();
    }
    assert.equal(before.length, 3);
  });
});
