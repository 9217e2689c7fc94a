import assert from 'node:assert/strict';
import { type ReleaseState, releaseProblems } from '../../scripts/release-rules.ts';

const good: ReleaseState = {
  version: '1.1.0',
  packageVersion: '1.1.0',
  changelog: '# Changelog\n\n## 1.1.0\n\n- more\n',
  changedFiles: [],
  tags: ['v1.0.0'],
  tasks: [
    { folder: 'Changed', version: '1.0.1', released: { version: '1.0.0', hasChanged: true } },
    { folder: 'Same', version: '1.0.0', released: { version: '1.0.0', hasChanged: false } },
    { folder: 'New', version: '1.0.0', released: undefined },
  ],
};

describe('a release', () => {
  it('is possible where versions, changelog and tree agree', () => {
    assert.deepEqual(releaseProblems(good), []);
  });

  const cases: readonly [string, Partial<ReleaseState>, RegExp][] = [
    ['two versions', { packageVersion: '1.0.0' }, /vss-extension\.json is 1\.1\.0, package\.json is 1\.0\.0/],
    ['a version that is out already', { tags: ['v1.1.0'] }, /1\.1\.0 is released already/],
    ['a changelog that does not know it', { changelog: '## 1.1.0-rc\n' }, /no heading "## 1\.1\.0"/],
    ['changes that are not committed', { changedFiles: [' M a.ts'] }, /not committed: {2}M a\.ts/],
    [
      'a changed task of the same version',
      { tasks: [{ folder: 'A', version: '1.0.0', released: { version: '1.0.0', hasChanged: true } }] },
      /A has changed and is still 1\.0\.0/,
    ],
  ];
  for (const [name, change, problem] of cases) {
    it(`is not possible with ${name}`, () => {
      assert.match(releaseProblems({ ...good, ...change }).join('\n'), problem);
    });
  }
});
