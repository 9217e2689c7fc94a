import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkedFile } from '../../tasks/common/inputs/guarded-file.ts';
import { FakeHost } from '../support/fake-host.ts';
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
    symlinkSync(join(outside, 'a.txt'), at('out.txt'));
    symlinkSync(outside, at('folder'));
    symlinkSync('a.txt', at('in.txt'));
    symlinkSync('gone.txt', at('dangling.txt'));
    symlinkSync(join(outside, 'a.txt'), join(outside, 'link.txt'));
    symlinkSync('/dev/zero', at('zero'));
    if (process.platform !== 'win32') execFileSync('mkfifo', [at('pipe')]);
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
    for (const name of ['a.txt', 'in.txt', join(setting.folder, 'a.txt')]) {
      const { text, warnings } = await report(name);
      assert.deepEqual(warnings, [], name);
      assert.match(text, /of the sources/, name);
    }
    assert.match((await report('a[1].txt')).text, /in brackets/);
  });

  it('is one elsewhere where its author wrote that path', async () => {
    assert.match((await report(join(outside, 'a.txt'))).text, /of the machine/);
  });

  for (const [name, fault] of Object.entries({
    'out.txt': /outside the folders of this job/,
    'folder/a.txt': /outside the folders of this job/,
    zero: /outside the folders of this job/,
    pipe: /not a regular file/,
    _temp: /not a regular file/,
    'dangling.txt': /a link to what is not there/,
    'gone.txt': /ENOENT/,
  })) {
    it(`is left out with a warning, and the end is sent: ${name}`, async () => {
      const { text, warnings } = await report(name);
      assert.doesNotMatch(text, /of the machine/);
      assert.equal(warnings.length, 2);
      for (const warning of warnings) assert.match(warning, fault);
    });
  }

  it('is no link elsewhere, and nothing above the sources by a relative path', () => {
    const host = new FakeHost({ variables: { 'Build.SourcesDirectory': setting.folder } });
    assert.ok('fault' in checkedFile(host, join(outside, 'link.txt')));
    assert.ok('fault' in checkedFile(host, `../${outside.split(/[\\/]/).at(-1)}/a.txt`));
  });
});
