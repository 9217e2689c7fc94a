import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { agentNodes } from '../../../local/agent/nodes.ts';
import { closeAll, start } from '../../local/azure-devops/fixture.ts';
import { npmOptions } from '../../support/where.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const run = promisify(execFile);

describe('the built command line', function () {
  this.timeout(30_000);
  afterEach(closeAll);

  for (const [name, node] of Object.entries(agentNodes)) {
    it(`works on ${name}`, async () => {
      const ado = await start();
      const command = join(root, 'dist', 'cli', 'port-azure-pipelines.mjs');
      const env = { PATH: process.env.PATH, AZURE_DEVOPS_EXT_PAT: 'pat' };
      const { stdout } = await run(
        node,
        [command, 'hooks', 'events', '--organization', ado.organizationUrl],
        { env },
      );
      assert.match(stdout, /build\.complete/);
    });
  }

  it('is what npx runs in the repository', async () => {
    const { stdout } = await run('npx', ['--no-install', 'port-azure-pipelines', '--help'], {
      cwd: root,
      ...npmOptions,
    });
    assert.match(stdout, /^Usage: port-azure-pipelines/);
  });
});
