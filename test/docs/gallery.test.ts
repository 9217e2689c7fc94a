import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Loop } from '../../local/loop.ts';
import { examples, startPackagedLoop } from '../support/loop-run.ts';
import { until } from '../support/until.ts';
import { itWithBash } from '../support/where.ts';

describe('the gallery', () => {
  const folders = readdirSync(examples, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

  it('lists every example, each with a README', () => {
    const index = readFileSync(join(examples, 'README.md'), 'utf8');
    for (const folder of folders) {
      assert.ok(index.includes(`(${folder}/README.md)`), folder);
      assert.ok(existsSync(join(examples, folder, 'README.md')), folder);
    }
  });

  const tearDowns = folders
    .map((folder) => join(examples, folder, 'scripts', 'tear-down.sh'))
    .filter((file) => existsSync(file));

  itWithBash('has no script that tears anything down without a name, or with one that means more', () => {
    assert.ok(tearDowns.length >= 2);
    for (const file of tearDowns)
      for (const env of [{}, { ENVIRONMENT_ID: '' }, { ENVIRONMENT_ID: '*' }, { ENVIRONMENT_ID: '../..' }]) {
        const { PATH } = process.env;
        const { status, stdout } = spawnSync('bash', [file], { env: { PATH, ...env }, encoding: 'utf8' });
        assert.equal(status, 1, file);
        assert.match(stdout, /nothing is torn down/);
        assert.doesNotMatch(stdout, /Destroyed/);
      }
  });
});

describe('the self-service example', () => {
  let loop: Loop;
  beforeEach(async () => {
    loop = await startPackagedLoop();
  });
  afterEach(() => loop.close());

  const add = (folder: string) => loop.addExample(join(examples, folder), [{ file: `${folder}.yml` }]);
  const shown = (runId: string) => {
    const { status, statusLabel } = loop.port.store.run(runId);
    return [status, statusLabel];
  };
  const properties = (blueprint: string, identifier: string) =>
    loop.port.store.entity(blueprint, identifier)?.properties;

  describe('scaffold-service', () => {
    beforeEach(() => add('scaffold-service'));

    it('writes the new service to the catalog, tied to the run', async () => {
      const { runId } = await loop.execute('scaffold_service', { name: 'checkout', template: 'node' });
      assert.deepEqual(shown(runId), ['SUCCESS', 'Succeeded']);
      assert.deepEqual(properties('service', 'checkout'), {
        url: 'https://dev.azure.com/my-org/my-project/_git/checkout',
        template: 'node',
      });
      assert.equal(loop.port.store.runEntities.get(runId)?.[0]?.identifier, 'checkout');
      assert.match(loop.port.store.logsOf(runId).at(-1)?.message ?? '', /Wrote checkout\/service\.json/);
    });

    it('ends as FAILURE where the script does, although its log goes through a pipe', async () => {
      const file = join(examples, 'scaffold-service', 'port', 'scaffold_service.action.json');
      const withAnyTemplate = readFileSync(file, 'utf8').replace(/,\s*"enum": \["node"\]/, '');
      await loop.user.call('PUT', '/v1/actions/scaffold_service', JSON.parse(withAnyTemplate));
      const { runId } = await loop.execute('scaffold_service', { name: 'checkout', template: 'cobol' });
      assert.deepEqual(shown(runId), ['FAILURE', 'Failed at Scaffold']);
      assert.match(loop.port.store.logsOf(runId).at(-1)?.message ?? '', /There is no template cobol/);
    });

    it('ends as FAILURE where the name is taken', async () => {
      await loop.user.call('POST', '/v1/blueprints/service/entities?upsert=true', {
        identifier: 'checkout',
        properties: { template: 'by hand' },
      });
      const { runId } = await loop.execute('scaffold_service', { name: 'checkout', template: 'node' });
      assert.deepEqual(shown(runId), ['FAILURE', 'Failed at Write the service to Port']);
      assert.deepEqual(properties('service', 'checkout'), { template: 'by hand' });
    });
  });

  describe('terraform-pull-request', () => {
    const branch = 'refs/heads/port/bucket-invoices';
    beforeEach(() => add('terraform-pull-request'));

    it('opens a pull request with the file on a branch of its own, and ends the run with a link to it', async () => {
      const { azureDevOps } = loop;
      // A number that nothing invents.
      azureDevOps.addPullRequest({ title: 'An older one', commits: [] });
      const { runId, build } = await loop.execute('request_bucket', { name: 'invoices', region: 'eastus' });
      assert.deepEqual(shown(runId), ['SUCCESS', 'Pull request opened'], azureDevOps.buildLog(build.id));
      assert.deepEqual(loop.port.store.run(runId).link, [
        azureDevOps.buildPage(build.id),
        `${azureDevOps.organizationUrl}/my-project/_git/my-project/pullrequest/2`,
      ]);
      const { commit, files } = azureDevOps.store.branches.get(branch) ?? assert.fail();
      assert.deepEqual(commit.parents, [build.request.sourceVersion]);
      assert.deepEqual(Object.keys(files), ['/terraform/invoices.tf']);
      assert.match(files['/terraform/invoices.tf'] ?? '', /region = "eastus"/);
      const { sourceBranch, status } = azureDevOps.store.pullRequests[1] ?? assert.fail();
      assert.deepEqual([sourceBranch, status], [branch, 'active']);
    });

    it('ends as FAILURE with the words of Azure Repos where the branch is there already, or a right is missing', async function () {
      this.timeout(30_000);
      const request = () => loop.execute('request_bucket', { name: 'invoices', region: 'eastus' });
      const reason = (runId: string) => loop.port.store.logsOf(runId).at(-1)?.message ?? '';
      await request();
      const { runId } = await request();
      assert.deepEqual(shown(runId), ['FAILURE', 'Failed at Open a pull request']);
      assert.match(reason(runId), /POST pushes -> 409 TF401028: The reference/);
      loop.azureDevOps.store.faults.deniedToJobs.add('Repositories');
      assert.match(reason((await request()).runId), /POST pushes -> 403 .*GenericContribute/);
    });
  });

  describe('provision-resource', () => {
    const decide = (runId: string, status: 'APPROVE' | 'DECLINE') =>
      loop.user.call('PATCH', `/v1/actions/runs/${runId}/approval?version=v2`, { status });
    beforeEach(() => add('provision-resource'));

    it('starts the pipeline after the approval, and writes the resource with its end of life', async () => {
      const runId = await loop.user.execute('provision_database', { name: 'orders', days: 7 });
      await loop.idle();
      assert.equal(loop.port.store.run(runId).status, 'WAITING_FOR_APPROVAL');
      assert.equal(loop.azureDevOps.store.builds.size, 0);
      await decide(runId, 'APPROVE');
      await until('the pipeline has started', () => loop.azureDevOps.store.builds.size > 0);
      await loop.idle();
      assert.deepEqual(shown(runId), ['SUCCESS', 'Succeeded']);
      const { kind, host, ttl } = properties('cloudResource', 'orders') ?? {};
      assert.deepEqual([kind, host], ['database', 'orders.postgres.example.com']);
      const days = (Date.parse(String(ttl)) - Date.now()) / 86_400_000;
      assert.ok(days > 6.9 && days < 7.1, String(ttl));
    });

    it('starts nothing where the approval is refused', async () => {
      const runId = await loop.user.execute('provision_database', { name: 'orders', days: 7 });
      await decide(runId, 'DECLINE');
      await loop.idle();
      assert.equal(loop.port.store.run(runId).status, 'DECLINED');
      assert.equal(loop.azureDevOps.store.builds.size, 0);
    });
  });

  describe('redeploy-image-tag', () => {
    beforeEach(async () => {
      await add('redeploy-image-tag');
      await loop.user.call('POST', '/v1/blueprints/service/entities?upsert=true', {
        identifier: 'checkout',
        properties: { imageTag: '1.9', namespace: 'shop' },
      });
    });

    for (const imageTag of ['1.10', '7e10234']) {
      it(`keeps ${imageTag} as it was typed, and the other properties as they are`, async () => {
        const { runId } = await loop.execute('redeploy_service', { imageTag }, 'checkout');
        assert.deepEqual(shown(runId), ['SUCCESS', 'Succeeded']);
        assert.deepEqual(properties('service', 'checkout'), { imageTag, namespace: 'shop' });
      });
    }

    it('ends as FAILURE for a tag that nobody has pushed, and says which', async () => {
      const { runId } = await loop.execute('redeploy_service', { imageTag: '2.0' }, 'checkout');
      assert.deepEqual(shown(runId), ['FAILURE', 'Failed at Deploy']);
      assert.match(loop.port.store.logsOf(runId).at(-1)?.message ?? '', /No image has the tag 2\.0/);
      assert.deepEqual(properties('service', 'checkout'), { imageTag: '1.9', namespace: 'shop' });
    });
  });
});
