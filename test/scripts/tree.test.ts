import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { root } from '../../scripts/manifests.ts';
import { sourceTree } from '../support/source-tree.ts';

const mostFiles = 16;

describe('The tree of sources', () => {
  it('has no circle of files or folders: what stands in a folder uses each other in one direction', () => {
    assert.ok(sourceTree.size > 100);
    assert.deepEqual(circlesIn(sourceTree), []);
  });

  it(`has at most ${mostFiles} sources in a folder`, () => {
    const folders = [...sourceTree.keys()].map((file) => posix.dirname(file));
    const isFull = (folder: string) => folders.filter((each) => each === folder).length > mostFiles;
    assert.deepEqual([...new Set(folders.filter(isFull))], []);
  });

  it('is the one that CONTRIBUTING.md shows', () => {
    const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
    const [, map = ''] = /^## Where things are$([\s\S]*?)^## /m.exec(text) ?? [];
    const shown = [...map.matchAll(/^\| `([^`]+)` \|/gm)].map(([, folder = '']) => folder);
    const folders = foldersToShow();
    assert.deepEqual(
      {
        withoutRow: folders.filter((folder) => !shown.includes(folder)),
        withoutFolder: shown.filter((folder) => !folders.includes(folder)),
      },
      { withoutRow: [], withoutFolder: [] },
    );
  });
});

describe('A circle', () => {
  it('is found between two files, with the imports that make it', () => {
    assert.deepEqual(
      circlesIn(
        new Map([
          ['a/b.ts', ['a/c.ts']],
          ['a/c.ts', ['a/b.ts']],
        ]),
      ),
      ['in a: a/b.ts imports a/c.ts, a/c.ts imports a/b.ts'],
    );
  });

  it('is found between two folders whose files have none', () => {
    const imports = new Map([
      ['a/one.ts', ['b/c/one.ts']],
      ['b/two.ts', ['a/two.ts']],
      ['a/two.ts', []],
    ]);
    assert.deepEqual(circlesIn(imports), ['in .: a/one.ts imports b/c/one.ts, b/two.ts imports a/two.ts']);
  });

  it('is found between a folder and a file beside it', () => {
    const imports = new Map([
      ['a/types.ts', ['a/b/one.ts']],
      ['a/b/two.ts', ['a/types.ts']],
    ]);
    assert.equal(circlesIn(imports).length, 1);
  });

  it('is not what imports of one direction make', () => {
    const imports = new Map([
      ['a/one.ts', ['b/one.ts', 'c/one.ts', 'a/two.ts']],
      ['b/one.ts', ['c/one.ts']],
    ]);
    assert.deepEqual(circlesIn(imports), []);
  });
});

/** An import, seen from the folder that both files have in common. */
interface Step {
  readonly folder: string;
  /** The entries of the folder that hold the two files. */
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** For each folder with a circle in it, the imports that make one. */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const steps = [...imports].flatMap(([file, imported]) => imported.map((other) => stepOf(file, other)));
  const folders = [...new Set(steps.map(({ folder }) => folder))];
  return folders.flatMap((folder) => {
    const circle = circleOf(steps.filter((step) => step.folder === folder));
    return circle === undefined ? [] : [`in ${folder}: ${circle.map(({ text }) => text).join(', ')}`];
  });
}

function stepOf(file: string, imported: string): Step {
  const [from, to] = [file.split('/'), imported.split('/')];
  const shared = from.findIndex((name, index) => name !== to[index]);
  return {
    folder: from.slice(0, shared).join('/') || '.',
    from: from[shared] ?? '',
    to: to[shared] ?? '',
    text: `${file} imports ${imported}`,
  };
}

function circleOf(steps: readonly Step[]): readonly Step[] | undefined {
  const done = new Set<string>();
  const walk = (entry: string, way: readonly Step[]): readonly Step[] | undefined => {
    const start = way.findIndex(({ from }) => from === entry);
    if (start >= 0) return way.slice(start);
    if (done.has(entry)) return undefined;
    for (const step of steps.filter(({ from }) => from === entry)) {
      const circle = walk(step.to, [...way, step]);
      if (circle !== undefined) return circle;
    }
    done.add(entry);
    return undefined;
  };
  return steps.map(({ from }) => walk(from, [])).find((circle) => circle !== undefined);
}

/** The folders of the repository, and those of sources below them; of the tests, which mirror the sources, one level. */
function foldersToShow(): readonly string[] {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
  const top = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter((name) => !ignored.includes(`${name}/`));
  const ofSources = [...sourceTree.keys()].flatMap((file) => {
    const names = posix.dirname(file).split('/');
    const depth = names[0] === 'test' ? 2 : names.length;
    return names.slice(0, depth).map((_, index) => names.slice(0, index + 1).join('/'));
  });
  return [...new Set([...top, ...ofSources])];
}
