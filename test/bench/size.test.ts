import assert from 'node:assert/strict';
import { extensionSize, limits, taskSizes } from '../../bench/sizes.ts';

describe('The size', () => {
  for (const [name, size] of Object.entries(taskSizes())) {
    it(`of ${name}, as built, is at most ${limits.task / 1024} KiB`, () => {
      assert.ok(size <= limits.task, `${(size / 1024).toFixed(1)} KiB`);
    });
  }

  it('of the extension is at most 1.2 MiB', () => {
    const size = extensionSize();
    assert.ok(size !== undefined, 'The .vsix is missing: run "npm run package" first.');
    assert.ok(size <= limits.extension, `${(size / 1024).toFixed(1)} KiB`);
  });
});
