import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkedFile } from '../../tasks/common/inputs/guarded-file.ts';
import { FakeHost } from '../support/fake-host.ts';
import { canLink, isWindows, itOnPosix, itWithLinks } from '../support/where.ts';
import { type ReportSetting, startReportSetting } from '../tasks/PortRunStatus/setting.ts';

describe('a file that a report sends', () => {
  let setting: ReportSetting;
  let outside: string;

  before(async () => {
    setting = await startReportSetting();
    outside = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(outside, 'a.txt'), 'of the machine');
    const at = (name: string) => join(setting.folder, name);
    mkdirSync(at('_temp'), { recursive: true });
    writeFileSync(at('a.txt'), 'of the sources');
    writeFileSync(at('a[1].txt'), 'in brackets');
    if (canLink) {
      symlinkSync(join(outside, 'a.txt'), at('out.txt'));
      symlinkSync(outside, at('folder'));
      symlinkSync('a.txt', at('in.txt'));
      symlinkSync('gone.txt', at('dangling.txt'));
      symlinkSync(join(outside, 'a.txt'), join(outside, 'link.txt'));
    }
    if (isWindows) return;
    symlinkSync('/dev/zero', at('zero'));
    execFileSync('mkfifo', [at('pipe')]);
  });
  after(async () => {
    rmSync(outside, { recursive: true, force: true });
    await setting.close();
  });

  const report = async (file: string) => {
    const runId = await setting.startRun();
    const inputs = { runId, status: 'success', summaryTab: 'false', logFile: file, summaryFile: file };
    const { result, host } = await setting.run(inputs);
    assert.equal(result, 'Succeeded');
    const run = setting.portRun(runId);
    assert.equal(run.status, 'SUCCESS');
    return { text: JSON.stringify(run), warnings: host.warnings.filter((text) => text.includes('File is')) };
  };

  it('is one of the sources, also by a link, by brackets in its name, or by an absolute path', async () => {
    for (const name of ['a.txt', join(setting.folder, 'a.txt'), ...(canLink ? ['in.txt'] : [])]) {
      const { text, warnings } = await report(name);
      assert.deepEqual(warnings, [], name);
      assert.match(text, /of the sources/, name);
    }
    assert.match((await report('a[1].txt')).text, /in brackets/);
  });

  it('is one elsewhere where its author wrote that path', async () => {
    assert.match((await report(join(outside, 'a.txt'))).text, /of the machine/);
  });

  const leftOut: readonly (readonly [name: string, fault: RegExp, add: typeof itWithLinks])[] = [
    ['out.txt', /outside the folders of this job/, itWithLinks],
    ['folder/a.txt', /outside the folders of this job/, itWithLinks],
    ['zero', /outside the folders of this job/, itOnPosix],
    ['pipe', /not a regular file/, itOnPosix],
    ['_temp', /not a regular file/, it],
    ['.', /not a regular file/, it],
    ['dangling.txt', /a link to what is not there/, itWithLinks],
    ['gone.txt', /ENOENT/, it],
  ];
  for (const [name, fault, add] of leftOut) {
    add(`is left out with a warning, and the end is sent: ${name}`, async () => {
      const { text, warnings } = await report(name);
      assert.doesNotMatch(text, /of the machine/);
      assert.equal(warnings.length, 2);
      for (const warning of warnings) assert.match(warning, fault);
    });
  }

  itWithLinks('is no link elsewhere, and nothing above the sources by a relative path', () => {
    const host = new FakeHost({ variables: { 'Build.SourcesDirectory': setting.folder } });
    assert.ok('fault' in checkedFile(host, join(outside, 'link.txt')));
    assert.ok('fault' in checkedFile(host, `../${outside.split(/[\\/]/).at(-1)}/a.txt`));
  });
});
