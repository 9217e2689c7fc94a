import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LocalAzureDevOps } from '../../local/azure-devops/index.ts';
import { closeAll, file, start } from '../local/azure-devops/fixture.ts';
import { itWithBash } from '../support/where.ts';
import { main, pat } from './command-line.ts';

const subscriptionsOf = (ado: LocalAzureDevOps) => [...ado.store.subscriptions.values()];

describe('the example that tells a chat of failed deployments', function () {
  this.timeout(30_000);
  afterEach(closeAll);

  const script = join(
    import.meta.dirname,
    '..',
    '..',
    'examples',
    'failed-deployment-to-chat',
    'subscribe.sh',
  );

  for (const [chat, consumer] of [
    ['slack', 'slack'],
    ['teams', 'webHooks'],
  ] as const) {
    itWithBash(`subscribes ${chat} once, and never shows the address of the web hook`, async () => {
      const ado = await start();
      ado.createPipeline({ name: 'deploy', ...file });
      const environment = {
        ...process.env,
        ...pat,
        PORT_AZURE_PIPELINES: `${process.execPath} ${main}`,
        ORGANIZATION: ado.organizationUrl,
        PROJECT: 'my-project',
        PIPELINE: 'deploy',
        CHAT: chat,
        CHAT_WEBHOOK: 'https://chat.example.com/hidden',
      };
      const run = (...args: string[]) => promisify(execFile)('sh', [script, ...args], { env: environment });
      const shown = [await run('--dry-run'), await run(), await run('--json')];
      const [subscription] = subscriptionsOf(ado);
      assert.equal(ado.store.subscriptions.size, 1);
      assert.equal(subscription?.consumerId, consumer);
      assert.equal(subscription.consumerInputs.url, 'https://chat.example.com/hidden');
      assert.deepEqual(subscription.publisherInputs.buildStatus, 'Failed');
      assert.ok(!shown.some(({ stdout, stderr }) => (stdout + stderr).includes('hidden')));
    });
  }
});
