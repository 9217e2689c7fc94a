import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Loop, startLoop } from '../../../local/loop.ts';
import { packagedExtension } from '../../../local/packaged-extension.ts';
import { examples } from '../../support/loop-run.ts';
import { until } from '../../support/until.ts';

describe('the example of entities', function () {
  this.timeout(30_000);
  let loop: Loop;

  beforeEach(async () => {
    loop = await startLoop({ vsix: packagedExtension() });
  });

  afterEach(() => loop.close());

  const add = (name: string, ...files: readonly string[]) =>
    loop.addExample(
      join(examples, name),
      files.map((file) => ({ file })),
    );
  const entity = (blueprint: string, identifier: string) => {
    const found = loop.port.store.entity(blueprint, identifier);
    assert.ok(found, `there is no ${blueprint} ${identifier}`);
    return found;
  };
  /** Runs the first pipeline as a push would. */
  const push = async () => {
    const { id } = await loop.azureDevOps.queue({ definitionId: 1, reason: 'individualCI' });
    const build = await loop.azureDevOps.waitForBuild(id);
    assert.equal(build.result, 'succeeded', loop.azureDevOps.buildLog(id));
    return build;
  };
  const execute = async (...[action, properties, on]: Parameters<Loop['execute']>) => {
    const { runId, build } = await loop.execute(action, properties, on);
    await loop.idle();
    assert.equal(build.result, 'succeeded', loop.azureDevOps.buildLog(build.id));
    assert.equal(loop.port.store.run(runId).status, 'SUCCESS');
    return { runId, build };
  };

  it('image-and-ci-job adds the image and the job, related to a service that it makes', async () => {
    await add('image-and-ci-job', 'image-and-ci-job.yml');
    const build = await push();
    const tag = `1.10.${build.id}`;
    const image = entity('image', `checkout:${tag}`);
    assert.equal(image.properties.imageTag, tag);
    assert.equal(image.properties.commitSha, build.request.sourceVersion);
    assert.equal(image.relations.service, 'checkout');
    entity('service', 'checkout');
    const job = [...loop.port.store.entitiesOf('ciJob').values()][0];
    assert.deepEqual(job?.relations.images, [`checkout:${tag}`]);
    assert.equal(job.properties.jobUrl, loop.azureDevOps.buildPage(build.id));
  });

  it('rollback-marks-deployment writes the new deployment and marks the old one', async () => {
    await add('rollback-marks-deployment', 'rollback-marks-deployment.yml');
    await loop.user.call('POST', '/v1/blueprints/deployment/entities?upsert=true', {
      identifier: 'old',
      properties: { imageTag: '1.11' },
    });
    const reason = 'it\'s "slow": $(PORT_CLIENT_SECRET) #1';
    const { runId } = await execute('roll_back', { imageTag: '1.10', reason }, 'old');
    const tied = loop.port.store.runEntities.get(runId)?.map(({ identifier }) => identifier) ?? [];
    assert.equal(tied.length, 2);
    const [latest = ''] = tied;
    assert.equal(entity('deployment', latest).properties.imageTag, '1.10');
    const old = entity('deployment', 'old');
    assert.deepEqual(old.properties, { imageTag: '1.11', isRolledBack: true, rollbackReason: reason });
    assert.equal(old.relations.rolledBackBy, latest);
  });

  it('import-catalog writes teams and services in the order of their relations, as they were written', async () => {
    await add('import-catalog', 'import-catalog.yml');
    const build = await push();
    assert.equal(loop.port.store.entitiesOf('ownerTeam').size, 2);
    const lines = readFileSync(join(examples, 'import-catalog', 'catalog', 'services.jsonl'), 'utf8')
      .trim()
      .split('\n');
    for (const line of lines) {
      const service = JSON.parse(line) as { identifier: string; properties: unknown; relations: object };
      const { properties, relations } = entity('service', service.identifier);
      assert.deepEqual(properties, service.properties);
      assert.deepEqual(relations, { dependsOn: [], ...service.relations });
    }
    assert.match(loop.azureDevOps.buildLog(build.id), /6 written, 0 refused/);
  });

  it('temporary-environment makes one with a timer, and moves the timer', async () => {
    await add('temporary-environment', 'create-environment.yml', 'extend-environment.yml');
    const { build } = await execute('create_environment', { branch: 'feature/"x": #1', hours: 8 });
    const identifier = `env-${build.id}`;
    const first = entity('temporaryEnvironment', identifier).properties;
    assert.equal(first.branch, 'feature/"x": #1');
    const hoursLeft = (ttl: unknown) => Math.round((Date.parse(String(ttl)) - Date.now()) / 3_600_000);
    assert.equal(hoursLeft(first.ttl), 8);
    await execute('extend_environment', { hours: 24 }, identifier);
    const second = entity('temporaryEnvironment', identifier).properties;
    assert.equal(hoursLeft(second.ttl), 24);
    assert.equal(second.branch, first.branch);
  });

  it('temporary-environment is torn down, and its entity gone, when its time is up', async () => {
    await add('temporary-environment', 'expire-environment.yml');
    const ttl = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();
    for (const [identifier, left] of [
      ['env-1', 300],
      ['env-2', 3_600_000],
    ] as const)
      await loop.user.call('POST', '/v1/blueprints/temporaryEnvironment/entities', {
        identifier,
        properties: { ttl: ttl(left) },
      });
    const { store } = loop.port;
    await until('it is gone', () => store.entity('temporaryEnvironment', 'env-1') === undefined);
    await loop.idle();
    assert.ok(store.entity('temporaryEnvironment', 'env-2'));
    const runs = [...store.runs.values()].map(({ action, status }) => [action, status]);
    assert.deepEqual(runs, [['expire_environment', 'SUCCESS']]);
    assert.match(loop.azureDevOps.buildLog(1), /^Destroyed what belongs to env-1$/m);
  });

  it("terraform-output-to-entity keeps Terraform's types", async () => {
    await add('terraform-output-to-entity', 'terraform-output-to-entity.yml');
    const { runId } = await execute('create_storage', { name: 'logs01', sizeGb: 50 });
    assert.deepEqual(entity('storageAccount', 'logs01').properties, {
      ...{ name: 'logs01', region: 'westeurope', endpoint: 'https://logs01.blob.example.com' },
      ...{ sizeGb: 50, isPublic: false, versions: ['1.10', '2.0'] },
    });
    assert.equal(loop.port.store.runEntities.get(runId)?.length, 1);
  });
});
