import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { colors, takesColors, withColors } from '../../setup/colors.ts';
import { runCommand } from './command-line.ts';

describe('Colours of the command line', () => {
  const terminal = { isTTY: true };
  const cases: readonly [
    stream: { isTTY?: boolean },
    environment: Record<string, string>,
    expected: boolean,
  ][] = [
    [terminal, {}, true],
    [terminal, { TERM: 'xterm' }, true],
    [terminal, { TERM: 'dumb' }, false],
    [terminal, { NO_COLOR: '1' }, false],
    [terminal, { NO_COLOR: '' }, true],
    [terminal, { FORCE_COLOR: '0' }, false],
    [{}, {}, false],
    [{ isTTY: false }, { CI: 'true', TF_BUILD: 'True', TERM: 'xterm' }, false],
    [{}, { FORCE_COLOR: '1' }, true],
    [{}, { FORCE_COLOR: 'false' }, false],
    [{}, { FORCE_COLOR: '3', NO_COLOR: '1' }, false],
  ];
  for (const [stream, environment, expected] of cases) {
    const where = stream.isTTY === true ? 'a terminal' : 'a pipe or file';
    it(`are ${expected ? '' : 'not '}shown on ${where} with ${JSON.stringify(environment)}`, () => {
      assert.equal(takesColors(stream, environment), expected);
    });
  }

  it('are all known to what takes them out', () => {
    for (const name of ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'] as const) {
      const text = `a ${colors[name]('b')} c`;
      assert.equal(
        withColors(false, text, (part) => part),
        'a b c',
      );
      assert.equal(
        withColors(true, text, (part) => part),
        text,
      );
    }
  });

  it('reach a pipe only where they are asked for, whatever the system', async function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'colors-'));
    const file = join(folder, 'a.yml');
    writeFileSync(file, 'steps:\n- bash: curl -X PATCH https://api.port.io/v1/actions/runs/$RUN_ID\n');
    const run = (environment: Record<string, string>) =>
      runCommand(['migrate-check', file], { NO_COLOR: '', ...environment });
    for (const environment of [{}, { CI: 'true' }]) {
      const { stdout, stderr } = await run(environment);
      assert.match(stdout, /^Hand-written calls to Port$/m);
      assert.ok(!`${stdout}${stderr}`.includes('\u001b'));
    }
    assert.match((await run({ FORCE_COLOR: '1' })).stdout, /^\u001b\[1mHand-written calls/m);
    rmSync(folder, { recursive: true });
  });
});
