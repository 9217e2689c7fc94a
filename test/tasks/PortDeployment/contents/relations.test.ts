import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type DeploymentSetting, hoursAgo, startDeploymentSetting } from '../setting.ts';

describe('A deployment relates', () => {
  let deployment: DeploymentSetting;
  afterEach(() => deployment.close());

  const fill = async () => {
    deployment = await startDeploymentSetting();
    const { ado, build } = deployment;
    ado.addCommit({ message: 'base' });
    await build();
    for (const title of ['Cards', 'Refunds']) ado.addWorkItem({ title, type: 'Bug', state: 'Closed' });
    const one = ado.addCommit({ message: 'one', workItems: [1] });
    const two = ado.addCommit({ message: 'Merged PR 2: Refunds', workItems: [2, 1] });
    ado.addPullRequest({ title: 'Cards', commits: [one.id], closedDate: hoursAgo(5) });
    ado.addPullRequest({
      title: 'Refunds',
      commits: ['squashed'],
      mergeCommit: two.id,
      closedDate: hoursAgo(1),
    });
    ado.addPullRequest({ title: 'Open', commits: [one.id], status: 'active' });
    ado.addPullRequest({ title: 'Other', commits: ['elsewhere'] });
    const variables = await build();
    const repository = variables['Build.Repository.ID'] ?? '';
    return { variables, repository };
  };

  it('to the pull requests and work items that are in Port, and says how many are not', async () => {
    const { variables, repository } = await fill();
    const { setting, now, entity } = deployment;
    await setting.addEntity('pull_request', { identifier: `${repository}/2` });
    await setting.addEntity('work_item', { identifier: '1' });
    await setting.addEntity('work_item', { identifier: '2' });
    const { host } = await now(variables);
    const { service, pullRequest, workItem } = entity('shop-2-Deploy-Production');
    assert.deepEqual([service, pullRequest, workItem], ['checkout', [`${repository}/2`], ['2', '1']]);
    const told = host.lines.filter((line) => line.startsWith('Of '));
    assert.deepEqual(told, [
      'Of 2 entities for relation pullRequest, 1 are in Port (blueprint pull_request).',
    ]);
    assert.deepEqual(host.warnings, []);
  });

  it('by names of its blueprint, to the newest where the relation is to one', async () => {
    const { variables, repository } = await fill();
    const { setting, now } = deployment;
    for (const id of [1, 2]) await setting.addEntity('pull_request', { identifier: `${repository}/${id}` });
    await setting.addBlueprint({
      identifier: 'release',
      relations: { pull: { target: 'pull_request' }, of: { target: 'service', many: true } },
    });
    const relationNames = 'pullRequest: pull\nservice: of\nworkItem:\n';
    const { result, message, host } = await now(variables, { blueprint: 'release', relationNames });
    assert.equal(result, 'Succeeded', message);
    const entity = setting.port.store.entity('release', 'shop-2-Deploy-Production');
    assert.deepEqual(entity?.relations, { pull: `${repository}/2`, of: ['checkout'] });
    assert.ok(!host.lines.some((line) => line.includes('workItem')));
  });

  it('in its notes to what is not in Port too, each with a link', async () => {
    const { variables } = await fill();
    const { ado, now } = deployment;
    const { outputs } = await now(variables);
    const notes = readFileSync(outputs.changesFile ?? '', 'utf8');
    const project = `${ado.organizationUrl}/my-project`;
    for (const line of [
      `- [\\#2](<${project}/_workitems/edit/2>) Refunds (Bug, Closed)`,
      `- [\\!2](<${project}/_git/my-project/pullrequest/2>) Refunds`,
      `- [\\!1](<${project}/_git/my-project/pullrequest/1>) Cards`,
    ])
      assert.ok(notes.includes(line), `${line}\n${notes}`);
    assert.ok(notes.indexOf('Refunds') < notes.indexOf('Cards'));
    assert.doesNotMatch(notes, /Open|Other/);
  });

  it('at GitHub to none, and shows those that the messages of commits name', async () => {
    deployment = await startDeploymentSetting({ gitHubRepository: 'contoso/shop' });
    const { ado, build, now } = deployment;
    ado.addCommit({ message: 'base' });
    await build();
    ado.addCommit({ message: 'Merge pull request #7 from contoso/cards' });
    ado.addCommit({ message: 'Refunds (#8)' });
    ado.addCommit({ message: 'no #9 here' });
    const { outputs, host } = await now(await build());
    const notes = readFileSync(outputs.changesFile ?? '', 'utf8');
    assert.match(notes, /\[\\#7\]\(<https:\/\/github\.com\/contoso\/shop\/pull\/7>\)/);
    assert.match(notes, /\[\\#8\]\(<https:\/\/github\.com\/contoso\/shop\/pull\/8>\) Refunds/);
    assert.doesNotMatch(notes, /pull\/9/);
    assert.match(notes, /Azure DevOps knows no pull requests of a repository at GitHub/);
    assert.deepEqual(host.warnings, []);
    assert.ok(!ado.store.requests.some(({ path }) => path.includes('pullrequestquery')));
  });
});

describe('The service of a deployment', () => {
  let deployment: DeploymentSetting;
  beforeEach(async () => {
    deployment = await startDeploymentSetting();
  });
  afterEach(() => deployment.close());

  const services: Readonly<Record<string, (repository: string) => readonly object[]>> = {
    'the id of its repository': (id) => [
      { identifier: 'found', properties: { ado_repository_id: id } },
      { identifier: 'other', title: 'my-project' },
    ],
    'the name of its repository as title': () => [{ identifier: 'found', title: 'my-project' }],
  };
  for (const [what, entities] of Object.entries(services)) {
    it(`is found by ${what}`, async () => {
      const { build, now, entity, setting } = deployment;
      const variables = await build();
      for (const each of entities(variables['Build.Repository.ID'] ?? ''))
        await setting.addEntity('service', { ...each });
      const { result, message } = await now(variables, { service: '' });
      assert.equal(result, 'Succeeded', message);
      assert.equal(entity('shop-1-Deploy-Production').service, 'found');
    });
  }

  it('is an error where none is found, or many are, before anything is written', async () => {
    const { build, now, setting } = deployment;
    const variables = await build();
    const none = await now(variables, { service: '' });
    for (const identifier of ['a', 'b'])
      await setting.addEntity('service', { identifier, title: 'my-project' });
    const many = await now(variables, { service: '' });
    assert.deepEqual([none.result, many.result], ['Failed', 'Failed']);
    assert.match(none.message, /Which service is deployed cannot be told: .*my-project is that of none/);
    assert.match(
      many.message,
      /is that of a, b and maybe more .*Set input service to its identifier\. \[PORT_ENTITIES\]$/,
    );
    assert.equal(setting.port.store.entitiesOf('deployment').size, 0);
  });

  it('is that of the payload, where it names one', async () => {
    const { build, now, entity } = deployment;
    const payload = JSON.stringify({
      properties: { service: 'checkout' },
      trigger: { by: { user: { email: 'ada@example.com' } } },
    });
    await now(await build(), { service: '', payload });
    const { service, deployingUser } = entity('shop-1-Deploy-Production');
    assert.deepEqual([service, deployingUser], ['checkout', 'ada@example.com']);
  });

  it('is looked for in the blueprint that is named', async () => {
    const { build, now, setting } = deployment;
    await setting.addBlueprint({ identifier: 'app' });
    const { message } = await now(await build(), { service: '', serviceBlueprint: 'app' });
    assert.match(message, /Which app is deployed cannot be told/);
  });

  it('whose identifier Port does not know is told by Port', async () => {
    const { build, now } = deployment;
    const { result, message } = await now(await build(), { service: 'nobody' });
    assert.equal(result, 'Failed');
    assert.match(message, /nobody/);
  });

  it('whose identifier Port does not know fails the step at the start, and nothing is tried at the end', async () => {
    const { build, whole } = deployment;
    const { main, end } = await whole(await build(), 'Failed', { service: 'nobody' });
    assert.equal(main.result, 'Failed');
    assert.match(main.message, /There is no service "nobody" in Port, so no deployment can relate to it/);
    assert.match(end.message, /^No deployment is recorded/);
  });
});
