import assert from 'node:assert/strict';
import { isNoFileOnWindows, plainPath } from '../../../../tasks/common/inputs/guarded-file.ts';

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

describe('The path of a file to write on Windows', () => {
  for (const path of [
    ...[
      'nul',
      String.raw`C:\a\NUL`,
      String.raw`C:\a\con.json`,
      'aux/r.json',
      'COM1',
      'lpt9.txt',
      'nul .json',
    ],
    ...['prn.', String.raw`C:\a\r.json:more`, 'r.json:', 'CONOUT$', String.raw`\\.\C:\nul`, 'com¹'],
  ])
    it(`is none where a part of it is a device or a stream: ${path}`, () => {
      assert.ok(isNoFileOnWindows(path));
    });

  for (const path of [
    ...[String.raw`C:\a\r.json`, 'c:/a/r.json', String.raw`\\server\share\r.json`, 'console.json', 'null'],
    ...[
      String.raw`\\?\C:\a\r.json`,
      'com10',
      'common/auxiliary.json',
      'my.con',
      String.raw`\\?\UNC\s\r.json`,
    ],
  ])
    it(`is one of any other name: ${path}`, () => {
      assert.ok(!isNoFileOnWindows(path));
    });
});
