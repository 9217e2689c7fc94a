import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createAgent } from '../../../local/agent/index.ts';
import type { LocalAzureDevOps } from '../../../local/azure-devops/index.ts';
import { lookup } from '../../../local/azure-devops/json.ts';
import { call, closeAll, start } from './fixture.ts';

const configurations = '/my-project/_apis/pipelines/checks/configurations';

const template = `
stages:
- stage: Deploy
  jobs:
  - deployment: d
    environment: production
    strategy: { runOnce: { deploy: { steps: [{ script: echo deployed }] } } }
`;

const using = (ref: string, name = 'templates') =>
  `resources: { repositories: [{ repository: t, type: git, name: ${name}, ref: ${ref} }] }\n`;
const extending = (file: string) => `extends: { template: ${file} }\n`;

describe('a required template check on an environment', () => {
  let folder = '';
  let ado: LocalAzureDevOps;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'required-'));
    ado = await start(createAgent({ extensions: [], workDirectory: join(folder, 'work') }));
    await call(ado, 'POST', '/my-project/_apis/distributedtask/environments', {
      body: { name: 'production' },
    });
    const repository = (name: string, ref: string, directory: string) => {
      write(`${directory}/deploy.yml`, template);
      ado.addRepository({ name, ref, directory: join(folder, directory) });
    };
    repository('templates', 'refs/heads/main', 'main');
    repository('templates', 'refs/heads/mine', 'branch');
    repository('other/templates', 'refs/heads/main', 'other');
    write('main/outer.yml', extending('deploy.yml'));
    write('repository/deploy.yml', template);
  });
  afterEach(async () => {
    await closeAll();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  function write(name: string, text: string): void {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  const wanted = (over: object = {}) => ({
    repositoryType: 'git',
    repositoryName: 'my-project/templates',
    repositoryRef: 'refs/heads/main',
    templatePath: 'deploy.yml',
    ...over,
  });
  const require = (...extendsChecks: readonly object[]) =>
    call(ado, 'POST', configurations, {
      body: {
        type: { id: '4020E66E-B0F3-47E1-BC88-48F3CC59B5F3', name: 'ExtendsCheck' },
        settings: { extendsChecks },
        resource: { type: 'environment', id: '1' },
      },
    });

  async function run(yaml: string) {
    write('repository/pipeline.yml', yaml);
    const { id } = ado.createPipeline({
      name: 'pipeline',
      file: join(folder, 'repository', 'pipeline.yml'),
      repositoryDirectory: join(folder, 'repository'),
    });
    const build = await ado.waitForBuild((await ado.queue({ definitionId: id })).id);
    const records = [...build.records.values()];
    return {
      result: build.result,
      hasDeployed: ado.buildLog(build.id).includes('deployed'),
      records: records.map(({ type, result }) => `${type} ${String(result)}`),
      issues: records.flatMap(({ issues }) => issues),
    };
  }

  it('lets a pipeline pass that extends the template', async () => {
    await require(wanted());
    const { result, hasDeployed, records } = await run(using('refs/heads/main') + extending('deploy.yml@t'));
    assert.deepEqual([result, hasDeployed], ['succeeded', true]);
    assert.deepEqual(
      records.filter((record) => record.startsWith('Check')),
      ['Checkpoint succeeded', 'Checkpoint.ExtendsCheck succeeded'],
    );
  });

  it('lets a pipeline pass that extends a template that extends it', async () => {
    await require(wanted());
    const { result } = await run(using('main') + extending('outer.yml@t'));
    assert.equal(result, 'succeeded');
  });

  it('fails the stage of a pipeline that does not, before anything of it runs, and says no reason', async () => {
    await require(wanted());
    ado.requireApproval('production');
    const { result, hasDeployed, records, issues } = await run(template);
    assert.deepEqual([result, hasDeployed], ['failed', false]);
    assert.deepEqual(records, [
      'Stage failed',
      'Phase failed',
      'Checkpoint failed',
      'Checkpoint.ExtendsCheck failed',
    ]);
    assert.deepEqual(issues, []);
    assert.equal(ado.store.approvals.size, 0);
  });

  const others: readonly (readonly [string, string])[] = [
    ['a branch of its own', using('refs/heads/mine') + extending('deploy.yml@t')],
    ['a file of the same name in its own repository', extending('deploy.yml')],
    ['the template of another project', using('main', 'other/templates') + extending('deploy.yml@t')],
    ['its stages, without extending it', `${using('main')}stages: [{ template: deploy.yml@t }]\n`],
  ];
  for (const [what, yaml] of others)
    it(`fails the stage of a pipeline that takes ${what}`, async () => {
      await require(wanted());
      const { result, hasDeployed } = await run(yaml);
      assert.deepEqual([result, hasDeployed], ['failed', false]);
    });

  it('is content with one of several templates', async () => {
    await require(wanted({ templatePath: '/none.yml' }), wanted({ repositoryRef: 'refs/heads/mine' }));
    const { result } = await run(using('mine') + extending('deploy.yml@t'));
    assert.equal(result, 'succeeded');
  });

  it('is met by no pipeline where it names a kind of repository that there is not', async () => {
    await require(wanted({ repositoryType: 'azureReposGit' }));
    const { result } = await run(using('main') + extending('deploy.yml@t'));
    assert.equal(result, 'failed');
  });

  it('does not touch stages of other environments', async () => {
    await require(wanted());
    const { result } = await run(template.replace('production', 'test'));
    assert.equal(result, 'succeeded');
  });

  it('is found by its environment and its id, and goes', async () => {
    const made = await require(wanted());
    const id = lookup(made.body, 'id');
    const { body } = await call(ado, 'GET', `${configurations}?resourceType=environment&resourceId=1`);
    const all = lookup(body, 'value') as unknown[];
    assert.deepEqual(
      all.map((each) => lookup(each, 'type.name')),
      ['ExtendsCheck'],
    );
    const one = await call(ado, 'GET', `${configurations}/${String(id)}`);
    assert.deepEqual(lookup(one.body, 'settings.extendsChecks'), [wanted()]);
    assert.equal((await call(ado, 'DELETE', `${configurations}/${String(id)}`)).status, 204);
    assert.equal((await call(ado, 'GET', `${configurations}/${String(id)}`)).status, 404);
    const { hasDeployed } = await run(template);
    assert.equal(hasDeployed, true);
  });

  it('is refused without what it needs', async () => {
    assert.equal((await require()).status, 400);
    assert.match((await require(wanted({ templatePath: undefined }))).text, /needs templatePath/);
    const post = (over: object) =>
      call(ado, 'POST', configurations, {
        body: {
          type: { name: 'ExtendsCheck' },
          settings: { extendsChecks: [wanted()] },
          resource: { type: 'environment', id: '1' },
          ...over,
        },
      });
    assert.equal((await post({ resource: { type: 'environment', id: '7' } })).status, 404);
    assert.equal((await post({ resource: { type: 'endpoint', id: '1' } })).status, 400);
    assert.equal((await post({ type: { name: 'Task Check' } })).status, 400);
    assert.equal((await post({})).status, 200);
  });
});
