import assert from 'node:assert/strict';
import { plainPath } from '../../../../tasks/common/inputs/guarded-file.ts';

describe('A path of an input', () => {
  const paths: readonly (readonly [string, string])[] = [
    [String.raw`\\?\C:\logs\a.log`, String.raw`C:\logs\a.log`],
    [String.raw`\\?\UNC\server\share\a.log`, String.raw`\\server\share\a.log`],
    [String.raw`\\server\share\a.log`, String.raw`\\server\share\a.log`],
    ['logs/?.log', 'logs/?.log'],
  ];
  for (const [written, read] of paths)
    it(`${written} is ${read}`, () => {
      assert.equal(plainPath(written), read);
    });
});
