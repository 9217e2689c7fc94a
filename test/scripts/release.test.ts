import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ReleaseState, releaseProblems } from '../../scripts/release-rules.ts';
import { buildTask, builtDigest, folderDigest } from '../../scripts/task-folder.ts';

const good: ReleaseState = {
  version: '1.1.0',
  packageVersion: '1.1.0',
  changelog: '# Changelog\n\n## 1.1.0\n\n- more\n',
  changedFiles: [],
  tags: ['v1.0.0'],
  tasks: [
    { folder: 'Changed', version: '1.0.1', digest: 'b', released: { version: '1.0.0', digest: 'a' } },
    { folder: 'Same', version: '1.0.0', digest: 'a', released: { version: '1.0.0', digest: 'a' } },
    { folder: 'New', version: '1.0.0', digest: 'a', released: undefined },
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
      {
        tasks: [{ folder: 'A', version: '1.0.0', digest: 'b', released: { version: '1.0.0', digest: 'a' } }],
      },
      /A has changed and is still 1\.0\.0/,
    ],
  ];
  for (const [name, change, problem] of cases) {
    it(`is not possible with ${name}`, () => {
      assert.match(releaseProblems({ ...good, ...change }).join('\n'), problem);
    });
  }
});

describe('The digest of a built task', () => {
  const name = 'PortGetEntity';
  let folder = '';
  const file = (path: string) => join(folder, path);
  const change = (path: string, from: RegExp | string, to: string): void => {
    const text = readFileSync(file(path), 'utf8');
    const changed = text.replace(from, to);
    assert.notEqual(changed, text);
    writeFileSync(file(path), changed);
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'digest-'));
    await buildTask({ name, target: folder, version: '0.0.0' });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is the same for each build', async () => {
    assert.equal(await folderDigest(folder), await builtDigest(name));
  });

  it("does not know the task's version", async () => {
    change('task.json', /"Patch":\d+/, '"Patch":12345');
    assert.equal(await folderDigest(folder), await builtDigest(name));
  });

  for (const [what, path, from] of [
    ['code', 'bundle.js', /.$/s],
    ['the version of a package', 'THIRD-PARTY-NOTICES.txt', /undici \d+/],
    ['an input', 'task.json', /pick/],
    ['what the agent starts', 'index.js', 'bundle'],
  ] as const) {
    it(`is another one where ${what} has changed`, async () => {
      change(path, from, 'changed');
      assert.notEqual(await folderDigest(folder), await builtDigest(name));
    });
  }
});
