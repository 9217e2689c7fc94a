import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Outcome, runMocha, whyNoWine } from '../../scripts/windows/wine.ts';
import { inParallel } from '../support/in-parallel.ts';

/**
 * The files `*.windows.ts` beside this one are tests that run on Windows' own Node: on Windows as all others, on Linux
 * under Wine. Where there is no Wine, a line says that they were not run; `WINDOWS_TESTS=required` makes that a failure.
 */
const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.windows.ts'));
const problem = process.platform === 'win32' ? undefined : whyNoWine();

if (process.platform === 'win32')
  for (const file of files) await import(pathToFileURL(join(import.meta.dirname, file)).href);
else if (problem !== undefined && process.env.WINDOWS_TESTS !== 'required')
  after(
    () =>
      void process.stdout.write(
        `  Not run here: test/windows. ${problem}; bash scripts/windows/install.sh installs what is needed on Debian.\n`,
      ),
  );
else
  describe("On Windows' own Node, under Wine", () => {
    const outcomes = new Map<string, Outcome>();
    before(async function () {
      this.timeout(300_000);
      assert.equal(problem, undefined);
      // Most of their time is sleep.
      const runs = files.map((file) => async () => {
        outcomes.set(file, await runMocha([`test/windows/${file}`]));
      });
      await inParallel(runs, 3);
    });

    for (const file of files)
      it(`test/windows/${file} passes`, () => {
        const { exitCode, output = '' } = outcomes.get(file) ?? {};
        assert.equal(exitCode, 0, output);
        assert.match(output, /\n[1-9]\d* passed, 0 failed\s*$/);
      });
  });
