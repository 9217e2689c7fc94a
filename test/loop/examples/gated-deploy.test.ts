import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Loop } from '../../../local/loop.ts';
import { examples, startPackagedLoop } from '../../support/loop-run.ts';

describe('the example gated-deploy', () => {
  let loop: Loop;
  let folder = '';
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gated-'));
    cpSync(join(examples, 'gated-deploy'), folder, { recursive: true });
    loop = await startPackagedLoop({ azureDevOps: { project: 'checkout' } });
    await loop.addExample(folder, [{ file: 'deploy-to-production.yml' }]);
    await administer('distributedtask/environments', { name: 'production' });
    const file = readFileSync(join(folder, 'required-template.json'), 'utf8');
    await administer('pipelines/checks/configurations', JSON.parse(file) as object);
    await write('service', 'checkout', { owner: 'payments', runbook: 'https://example.com/runbook' });
  });
  afterEach(async () => {
    await loop.close();
    rmSync(folder, { recursive: true });
  });

  async function administer(path: string, body: object): Promise<void> {
    const { organizationUrl, personalAccessToken } = loop.azureDevOps;
    const response = await fetch(`${organizationUrl}/checkout/_apis/${path}?api-version=7.1-preview.1`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`:${personalAccessToken}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 200, await response.text());
  }

  const write = (blueprint: string, identifier: string, properties: object, relations: object = {}) =>
    loop.user.call('POST', `/v1/blueprints/${blueprint}/entities?upsert=true&merge=true`, {
      identifier,
      properties,
      relations,
    });

  async function deploy() {
    const { runId, build } = await loop.execute('deploy_to_production', {}, 'checkout');
    await loop.idle();
    const hooks = [...build.records.values()].filter(
      ({ identifier, type }) => type === 'Job' && identifier.startsWith('Release.'),
    );
    const log = loop.azureDevOps.buildLog(build.id);
    return {
      status: loop.port.store.run(runId).status,
      hasDeployed: log.includes('Deploying checkout to production'),
      hooks: hooks.map(({ refName, result }) => `${String(refName)} ${String(result)}`),
      log,
    };
  }

  const change = (from: RegExp, to: string) => {
    const file = join(folder, 'deploy-to-production.yml');
    const yaml = readFileSync(file, 'utf8');
    assert.match(yaml, from);
    writeFileSync(file, yaml.replace(from, to));
  };

  it('deploys where Port agrees', async () => {
    const { status, hasDeployed, hooks } = await deploy();
    assert.deepEqual([status, hasDeployed], ['SUCCESS', true]);
    assert.deepEqual(hooks, ['PreDeploy succeeded', 'Deploy succeeded']);
  });

  const stops: Readonly<Record<string, readonly [() => Promise<unknown>, RegExp]>> = {
    'the service is locked': [
      () => write('service', 'checkout', { locked_in_prod: true, locked_reason_prod: 'Stocktaking' }),
      /Stocktaking/,
    ],
    'its level is too low': [() => write('service', 'checkout', { runbook: null }), /Bronze/],
    'an incident is open': [
      () => write('incident', 'cards', { status: 'open' }, { service: 'checkout' }),
      /An incident is open/,
    ],
  };
  for (const [what, [cause, reason]] of Object.entries(stops))
    it(`deploys nothing where ${what}, and says so`, async () => {
      await cause();
      const { status, hasDeployed, hooks, log } = await deploy();
      assert.deepEqual([status, hasDeployed], ['FAILURE', false]);
      assert.deepEqual(hooks, ['PreDeploy failed']);
      assert.match(log, reason);
    });

  const ways: Readonly<Record<string, readonly [RegExp, string]>> = {
    'runs code in the gate by a variable': [
      /^variables:\n/m,
      'variables:\n  NODE_OPTIONS: --import=data:text/javascript,process.exit(0)\n',
    ],
    'puts a variable in the place of an input': [/^variables:\n/m, 'variables:\n  INPUT_MODE: dryRun\n'],
    'calls itself another repository': [/^variables:\n/m, 'variables:\n  Build.Repository.Name: other\n'],
    'takes the stages of the template without extending it': [
      /^extends:\n {2}template: (.*)\n/m,
      'stages:\n- template: $1\n',
    ],
    'deploys without the template': [
      /^extends:[^]*/m,
      `
jobs:
- deployment: mine
  environment: production
  strategy: { runOnce: { deploy: { steps: [checkout: self, bash: bash scripts/deploy.sh] } } }
`,
    ],
  };
  for (const [what, [from, to]] of Object.entries(ways))
    it(`deploys nothing of a locked service whose pipeline ${what}`, async () => {
      await write('service', 'checkout', { locked_in_prod: true, locked_reason_prod: 'Stocktaking' });
      await write('service', 'other', { owner: 'payments', runbook: 'https://example.com/runbook' });
      change(from, to);
      assert.equal((await deploy()).hasDeployed, false);
    });
});
