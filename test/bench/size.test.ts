import assert from 'node:assert/strict';
import { extensionSize, limits, taskSizes } from '../../bench/sizes.ts';
import { readManifests } from '../../scripts/manifests.ts';

describe('The size', () => {
  for (const name of Object.keys(readManifests().tasks)) {
    it(`of ${name}, as built, is at most ${limits.task / 1024} KiB`, () => {
      const size = taskSizes()[name];
      assert.ok(size !== undefined, 'It is not built: run "npm run build" first.');
      assert.ok(size <= limits.task, `${(size / 1024).toFixed(1)} KiB`);
    });
  }

  it(`of the extension is at most ${limits.extension / 1024} KiB`, () => {
    const size = extensionSize();
    assert.ok(size !== undefined, 'The .vsix is missing: run "npm run package" first.');
    assert.ok(size <= limits.extension, `${(size / 1024).toFixed(1)} KiB`);
  });
});
