import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../scripts/manifests.ts';
import { documents } from './documents.ts';

describe('spelling', function () {
  this.timeout(60_000);

  it('is right in the documentation', () => {
    const cspell = join(root, 'node_modules', 'cspell', 'bin.mjs');
    const config = join(root, 'test', 'docs', 'cspell.json');
    const options = ['lint', '--no-progress', '--no-summary', '--config', config];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [cspell, ...options, ...documents.map(({ path }) => path)],
      { cwd: root, encoding: 'utf8' },
    );
    assert.equal(status, 0, stdout + stderr);
  });
});
