import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Loop } from '../../local/loop.ts';
import { startPackagedLoop } from '../support/loop-run.ts';

describe('a folder with repositories for templates', () => {
  let loop: Loop;
  let folder = '';
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'repositories-'));
    loop = await startPackagedLoop();
  });
  after(async () => {
    await loop.close();
    rmSync(folder, { recursive: true });
  });

  it('gives them to its pipelines, whose hooks and templates run the tasks', async () => {
    const shared = join(folder, 'repositories', 'shared');
    mkdirSync(shared, { recursive: true });
    writeFileSync(
      join(shared, 'ask.yml'),
      `
parameters: [{ name: steps, type: stepList }]
jobs:
- deployment: ship
  environment: production
  strategy:
    runOnce:
      preDeploy:
        steps:
        - task: PortGetEntity@1
          displayName: Ask
          inputs: { portConnection: port, blueprint: service, identifier: checkout }
      deploy:
        steps: [ '\${{ parameters.steps }}' ]
`,
    );
    writeFileSync(
      join(folder, 'pipeline.yml'),
      `
resources: { repositories: [{ repository: shared, name: shared }] }
extends:
  template: ask.yml@shared
  parameters:
    steps: [{ script: echo deployed }]
`,
    );
    await loop.user.call('POST', '/v1/blueprints', {
      ...{ identifier: 'service', title: 'Service', icon: 'Service' },
      schema: { properties: {}, required: [] },
    });
    await loop.addExample(folder, [{ file: 'pipeline.yml' }]);
    const run = async () => {
      const { id } = await loop.azureDevOps.queue({ definitionId: 1 });
      const { result } = await loop.azureDevOps.waitForBuild(id);
      return [result, loop.azureDevOps.buildLog(id).split('\n').includes('deployed')];
    };
    assert.deepEqual(await run(), ['failed', false]);
    await loop.user.call('POST', '/v1/blueprints/service/entities', {
      identifier: 'checkout',
      properties: {},
    });
    assert.deepEqual(await run(), ['succeeded', true]);
  });
});
