import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { type DeploymentSetting, hoursAgo, startDeploymentSetting } from './setting.ts';

describe('PortDeployment', () => {
  let deployment: DeploymentSetting;
  beforeEach(async () => {
    deployment = await startDeploymentSetting();
  });
  afterEach(() => deployment.close());

  it('records a deployment at the end of the job, as the job has ended', async () => {
    const { ado, build, whole, entity } = deployment;
    ado.addCommit({ message: 'one', date: hoursAgo(3) });
    const variables = await build();
    const { main, end } = await whole(variables, 'SucceededWithIssues');
    assert.equal(main.result, 'Succeeded', main.message);
    assert.equal(end.result, 'Succeeded', end.message);
    assert.match(end.message, /^Recorded deployment "shop-1-Deploy-Production" as Success: http/);
    const { createdAt, leadTimeHours, ...others } = entity('shop-1-Deploy-Production');
    assert.ok(Math.abs(Date.parse(String(createdAt)) - Date.now()) < 60_000);
    assert.ok(Number(leadTimeHours) >= 3 && Number(leadTimeHours) < 3.1, String(leadTimeHours));
    assert.deepEqual(others, {
      ...{ environment: 'Production', deploymentStatus: 'Success', commitCount: 1, isRollback: false },
      jobUrl: `${ado.organizationUrl}/my-project/_build/results?buildId=1`,
      ...{ deployingUser: 'dev@example.com', commitSha: variables['Build.SourceVersion'] },
      ...{ service: 'checkout', pullRequest: [], workItem: [], title: 'shop n1 Deploy Production' },
    });
  });

  it('gives the main step what is known before the end, and writes nothing to Port then', async () => {
    const { ado, build, setting } = deployment;
    ado.addCommit({ message: 'one' });
    const { outputs, summary } = await setting.run(
      { service: 'checkout', environment: 'Production' },
      { variables: await build() },
    );
    const { changesFile = '', ...others } = outputs;
    assert.deepEqual(others, {
      identifier: 'shop-1-Deploy-Production',
      entityUrl: `${setting.port.url}/deploymentEntity?identifier=shop-1-Deploy-Production`,
      ...{ leadTimeHours: '', commitCount: '1' },
    });
    assert.match(readFileSync(changesFile, 'utf8'), /^## shop n1 to Production\n\n### Commits\n\n- \[/);
    assert.equal(summary, '');
    assert.ok(setting.calls().every((call) => !call.endsWith('/entities?upsert=true')));
    assert.equal(setting.port.store.entity('deployment', 'shop-1-Deploy-Production'), undefined);
  });

  const ends: readonly (readonly [status: string, recorded: string | undefined])[] = [
    ['Succeeded', 'Success'],
    ['Failed', 'Failed'],
    ['Canceled', undefined],
  ];
  for (const [status, recorded] of ends) {
    it(`of a job that is ${status} is ${recorded ?? 'not recorded'}, at its end and now`, async () => {
      const { build, whole, now, setting } = deployment;
      const variables = await build();
      const { end } = await whole(variables, status);
      const { result, outputs } = await now(
        { ...variables, 'Agent.JobStatus': status },
        { identifier: 'now' },
      );
      for (const identifier of ['shop-1-Deploy-Production', 'now'])
        assert.equal(
          setting.port.store.entity('deployment', identifier)?.properties.deploymentStatus,
          recorded,
        );
      assert.deepEqual([end.result, result], ['Succeeded', 'Succeeded']);
      assert.equal(outputs.identifier, recorded === undefined ? '' : 'now');
      if (recorded === undefined)
        assert.match(end.message, /No deployment is recorded: the job was canceled/);
    });
  }

  it('records what it is told now, in words of ours and of Azure', async () => {
    const { build, now, entity } = deployment;
    const variables = await build();
    for (const [status, recorded] of [
      ...[['failure', 'Failed'] as const, ['Success', 'Success'] as const],
      ...[['SucceededWithIssues', 'Success'] as const, ['failed', 'Failed'] as const],
    ]) {
      const { result, message } = await now(variables, { status });
      assert.equal(result, 'Succeeded', message);
      assert.equal(entity('shop-1-Deploy-Production').deploymentStatus, recorded);
    }
  });

  it('leaves nothing to the end of the job where it recorded at once, or failed', async () => {
    const { build, whole, setting } = deployment;
    const variables = await build();
    const { end } = await whole(variables, 'Succeeded', {
      record: 'now',
      identifier: 'other',
      status: 'success',
    });
    assert.match(end.message, /^No deployment is recorded/);
    const wrong = await whole(variables, 'Failed', { blueprint: 'nothing' });
    assert.equal(wrong.main.result, 'Failed');
    assert.match(wrong.main.message, /read the blueprint.*404/);
    assert.match(wrong.end.message, /put the step before those that deploy/);
    assert.deepEqual([...setting.port.store.entitiesOf('deployment').keys()], ['other']);
  });

  it('tries at the end where Port could not be asked at the start', async () => {
    const { build, whole, setting, entity } = deployment;
    const variables = await build();
    setting.port.faults.add({
      match: { method: 'GET', path: /blueprints/ },
      fault: { kind: 'status', status: 503 },
    });
    const { main, end } = await whole(variables, 'Succeeded', {}, () => setting.port.faults.clear());
    assert.equal(main.result, 'Succeeded');
    assert.match(main.host.warnings.join('\n'), /Port cannot be asked now .*The end of the job tries again/);
    assert.equal(end.result, 'Succeeded', end.message);
    assert.equal(entity('shop-1-Deploy-Production').deploymentStatus, 'Success');
  });

  it('sends the end to the address of the start', async () => {
    const { build, setting } = deployment;
    const variables = await build();
    const taskVariables: Record<string, string> = {};
    const inputs = { service: 'checkout', environment: 'Production' };
    await setting.run(inputs, { variables, taskVariables });
    const { finish } = await import('../../../tasks/PortDeployment/post-job.ts');
    const { result, message } = await setting.run(
      { ...inputs, baseUrl: 'https://evil.example' },
      { variables: { ...variables, 'Agent.JobStatus': 'Succeeded' }, taskVariables, task: finish },
    );
    assert.equal(result, 'Succeeded', message);
    assert.ok(setting.port.store.entity('deployment', 'shop-1-Deploy-Production'));
  });

  it('ties the entity to the run', async () => {
    const { build, now, setting } = deployment;
    await setting.addAction({ identifier: 'deploy' });
    const { run } = (await setting.user.call('POST', '/v1/actions/deploy/runs', { properties: {} })) as {
      run: { id: string };
    };
    const { message } = await now(await build(), { runId: run.id });
    assert.ok(message.includes(`, tied to run ${run.id}: `), message);
  });

  it('keeps the files of the notes where it is told, and shows them on the summary page', async () => {
    const { ado, build, now, setting } = deployment;
    ado.addCommit({ message: 'one' });
    const variables = await build();
    const { outputs, summary } = await now(variables, { changesFile: 'out/notes.md' });
    assert.equal(outputs.changesFile, `${setting.folder}/out/notes.md`);
    const notes = readFileSync(`${setting.folder}/out/notes.md`, 'utf8');
    assert.ok(summary.includes(notes));
    assert.match(summary, /\| Status \| Success \|\n\| Lead time \| 0 hours \|\n\| Commits \| 1 \|/);
    const without = await now(variables, { summaryTab: 'false', contents: 'false' });
    assert.deepEqual([without.summary, without.outputs.changesFile], ['', '']);
    assert.ok(existsSync(`${setting.folder}/out/notes.md`));
  });

  it('adds properties, as their schemas say, and goes by those that are given', async () => {
    const { build, now, entity } = deployment;
    await now(await build(), { properties: 'tier: 1.10\ncommitCount: 7\nenvironment: Staging\n' });
    const { tier, commitCount, environment } = entity('shop-1-Deploy-Production');
    assert.deepEqual([tier, commitCount, environment], ['1.10', 7, 'Staging']);
  });

  it('writes an environment as the blueprint does', async () => {
    const { build, now, entity } = deployment;
    const { result, message } = await now(await build(), { environment: 'production' });
    assert.equal(result, 'Succeeded', message);
    assert.equal(entity('shop-1-Deploy-production').environment, 'Production');
  });

  it('leaves out what the blueprint lacks, and says so once', async () => {
    const { build, now, setting } = deployment;
    await setting.addBlueprint({ identifier: 'bare', properties: { state: 'string', where: 'string' } });
    const { result, host } = await now(await build(), {
      ...{ blueprint: 'bare', identifier: 'one', properties: 'where: here' },
      propertyNames: 'deploymentStatus: state\nenvironment:\n',
    });
    assert.equal(result, 'Succeeded');
    const entity = setting.port.store.entity('bare', 'one');
    assert.deepEqual([entity?.properties, entity?.relations], [{ state: 'Success', where: 'here' }, {}]);
    const told = host.lines.filter((line) => line.includes('does not have'));
    assert.deepEqual(told, [
      'Left out, since blueprint bare does not have them: createdAt, jobUrl, deployingUser, commitSha, commitCount, isRollback, service.',
    ]);
  });

  const wrong: readonly (readonly [inputs: Readonly<Record<string, string>>, says: RegExp])[] = [
    [{ environment: '' }, /Input environment is empty/],
    [{ environment: '$(Environment.Name)' }, /has a value in deployment jobs only/],
    [{ status: 'maybe' }, /Input status is "maybe"\. Use auto, success or failure/],
    [{ since: 'yesterday' }, /Input since is "yesterday"\. Use lastSuccess/],
    [{ identifier: 'a b' }, /Input identifier "a b" has characters that Port does not take/],
    [{ propertyNames: 'nothing: x' }, /Input propertyNames has "nothing"/],
    [{ relationNames: '[a]' }, /Input relationNames must be one YAML or JSON object/],
    [{ ifNoRunId: 'fail' }, /There is no Port run id/],
    [{ record: 'later' }, /Input record is "later"\. Use one of: end, now/],
  ];
  for (const [inputs, says] of wrong) {
    it(`refuses ${JSON.stringify(inputs)} before it asks Port anything`, async () => {
      const { build, now, setting } = deployment;
      const { result, message } = await now(await build(), inputs);
      assert.equal(result, 'Failed');
      assert.match(message, says);
      assert.deepEqual(setting.calls(), []);
    });
  }
});
