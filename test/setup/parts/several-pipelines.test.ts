import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeRunner } from '../../local/azure-devops/fake-runner.ts';
import { type Loop, closeLoops, partsTold, pipelineYaml, startLoop, writesOf } from '../loop-fixture.ts';

const script = 'echo ${{ parameters.port.port_context.action }}';
const yamlFor = (action: string, more = ''): string => pipelineYaml(action, { more, script });

/** Two actions, and a pipeline for each. */
async function startTwo(): Promise<Loop> {
  const loop = await startLoop({ runner: fakeRunner() });
  const { folder, ado } = loop;
  const file = join(folder, 'port-azure.yml');
  const action = await readFile(join(folder, 'deploy_service.json'), 'utf8');
  await writeFile(join(folder, 'roll_back.json'), action.replace('"deploy_service"', '"roll_back"'));
  await writeFile(join(folder, 'rollback.yml'), yamlFor('roll_back'));
  const settings = (await readFile(file, 'utf8'))
    .replace(
      /pipeline: deploy\npipelineFile: deploy.yml/,
      'pipelines:\n  - pipeline: deploy\n    pipelineFile: deploy.yml\n  - pipeline: rollback\n    pipelineFile: rollback.yml',
    )
    .replace('actions: [deploy_service.json]', 'actions: [deploy_service.json, roll_back.json]');
  await writeFile(file, settings);
  ado.createPipeline({
    name: 'rollback',
    file: join(folder, 'rollback.yml'),
    repositoryDirectory: folder,
    hasRunOnce: true,
  });
  return loop;
}

const examine = (loop: Loop) => partsTold(loop, 'doctor');

describe('a file with several pipelines', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  it('makes the loop for each, and a second apply changes nothing', async () => {
    const loop = await startTwo();
    const { code, stdout, stderr } = await loop.run('setup', 'apply');
    assert.equal(code, 0, stdout + stderr);
    const hooks = [...loop.ado.store.subscriptions.values()];
    assert.deepEqual(hooks.map(({ publisherInputs }) => publisherInputs.pipelineId).sort(), ['1', '2']);
    const before = writesOf(loop).length;
    assert.match((await loop.run('setup', 'apply')).stdout, /No change\.\n/);
    assert.equal(writesOf(loop).length, before);
    const state = await examine(loop);
    for (const id of ['azure/pipeline/rollback', 'azure/authorization/port/rollback', 'pipeline/actions'])
      assert.match(state(id), /^ok/);
  });

  it('starts the pipeline of the action, and no other', async () => {
    const loop = await startTwo();
    await loop.run('setup', 'apply');
    await loop.execute();
    await loop.settle();
    const started = [...loop.ado.store.builds.values()].map(({ pipeline }) => pipeline.name);
    assert.deepEqual(started, ['deploy']);
  });

  it('is wrong where two pipelines, or none, are started by an action', async () => {
    const loop = await startTwo();
    await writeFile(join(loop.folder, 'rollback.yml'), yamlFor('deploy_service'));
    const state = await examine(loop);
    assert.equal(
      state('pipeline/actions'),
      'wrong: the action deploy_service starts deploy and rollback, which would all report to its one run; no entry lets the action roll_back in, so that it starts nothing',
    );
  });

  it('may share an action out by a further filter', async () => {
    const loop = await startTwo();
    const only = (service: string) => `        - path: properties.service\n          value: ${service}`;
    await writeFile(join(loop.folder, 'deploy.yml'), yamlFor('deploy_service', only('a')));
    await writeFile(
      join(loop.folder, 'rollback.yml'),
      yamlFor('deploy_service', only('b')).replace(
        'resources:\n  webhooks:',
        `resources:\n  webhooks:\n    - webhook: back\n      connection: port-webhook\n      filters:\n        - path: port_context.action\n          value: roll_back`,
      ),
    );
    assert.match((await examine(loop))('pipeline/actions'), /^ok/);
  });

  it('names the one that is missing', async () => {
    const loop = await startTwo();
    const file = join(loop.folder, 'port-azure.yml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('pipeline: rollback', 'pipeline: rolback'));
    const { code, stderr } = await loop.run('setup', 'apply');
    assert.equal(code, 1);
    assert.match(stderr, /Stopped at pipeline rolback in Azure DevOps/);
    assert.deepEqual(writesOf(loop), []);
  });
});

describe("the pipeline's YAML, compiled by Azure DevOps", function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  it('is right with the payload of the action that its webhook lets in, without a run', async () => {
    const loop = await startTwo();
    await loop.run('setup', 'apply');
    assert.match((await examine(loop))('azure/preview/deploy'), /^ok/);
    assert.equal(loop.ado.store.builds.size, 0);
  });

  it('is wrong where an expression does not compile, with the line and the words of Azure DevOps', async () => {
    const loop = await startTwo();
    await loop.run('setup', 'apply');
    await writeFile(
      join(loop.folder, 'deploy.yml'),
      yamlFor('deploy_service').replace('echo ${{', 'echo ${{ not('),
    );
    const { code, stdout } = await loop.run('doctor');
    assert.equal(code, 1);
    assert.match(stdout, /wrong +pipeline deploy as Azure DevOps compiles its file/);
    assert.match(stdout, /Azure DevOps says ".*\(Line: \d+, Col: 1\)/);
  });

  it('is wrong where a parameter is used that neither webhook nor file declares', async () => {
    const loop = await startTwo();
    await loop.run('setup', 'apply');
    await writeFile(
      join(loop.folder, 'deploy.yml'),
      yamlFor('deploy_service').replace('echo ${{ parameters.port.', 'echo ${{ parameters.prot.'),
    );
    assert.match((await examine(loop))('azure/preview/deploy'), /^wrong: .*prot/);
  });
});

describe('a pipeline that has never run', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  it('is missing its first run in doctor, and apply ends with that as the next step', async () => {
    const loop = await startLoop({ runner: fakeRunner(), hasRunOnce: false });
    const { code, stdout } = await loop.run('setup', 'apply');
    assert.equal(code, 1);
    assert.match(
      stdout,
      /Left for you: 1\.\nNext: Run it once by hand \(Pipelines > deploy > Run pipeline\): .*\n$/,
    );
    assert.match((await examine(loop))('azure/first-run'), /^missing/);
  });
});
