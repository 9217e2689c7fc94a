import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/manifests.ts';

describe('A run of the tests', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'test-run-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs mocha, as `npm test` configures it, over files of one test each. */
  const run = (bodies: readonly string[], ...options: readonly string[]) => {
    const files = bodies.map((body, index) => {
      const file = join(folder, `${index}.cjs`);
      writeFileSync(file, `it('test ${index}', () => { ${body} });\n`);
      return file;
    });
    const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
    const { status, stdout } = spawnSync(process.execPath, [mocha, ...options, ...files], {
      cwd: root,
      encoding: 'utf8',
    });
    return { status, stdout, lastLine: stdout.trimEnd().split('\n').at(-1) };
  };

  for (const [way, options] of Object.entries({
    'in one process': [],
    'in two': ['--parallel', '--jobs', '2'],
  }))
    describe(way, () => {
      it('counts what passed and what failed in its last line, and shows what failed', () => {
        const { status, stdout, lastLine } = run(['', 'throw new Error("not so");', ''], ...options);
        assert.equal(status, 1);
        assert.equal(lastLine, '2 passed, 1 failed');
        assert.match(stdout, /1\) test 1:\n\s+Error: not so/);
      });

      it('ends with 0 where all passed', () => {
        const { status, lastLine } = run(['', ''], ...options);
        assert.deepEqual([status, lastLine], [0, '2 passed, 0 failed']);
      });

      it('fails where a process ends in the middle of it, as if all were well', () => {
        const { status, lastLine } = run(['', 'process.exit(0);'], ...options);
        assert.deepEqual([status, lastLine], [1, '1 passed, 1 failed']);
      });
    });
});
