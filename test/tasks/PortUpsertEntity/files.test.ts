import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canLink, isWindows, itOnPosix, itWithLinks } from '../../support/where.ts';
import { type Setting, startSetting } from './setting.ts';

describe('Files of entities', () => {
  let setting: Setting;
  let outside: string;

  before(async () => {
    setting = await startSetting();
    await setting.addBlueprint('thing', {});
    outside = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(outside, 'a.json'), '{"identifier":"a"}');
    if (canLink) {
      symlinkSync(join(outside, 'a.json'), join(setting.folder, 'out.json'));
      symlinkSync('gone.json', join(setting.folder, 'dangling.json'));
    }
    if (!isWindows) execFileSync('mkfifo', [join(setting.folder, 'pipe.json')]);
  });
  after(async () => {
    rmSync(outside, { recursive: true, force: true });
    await setting.close();
  });

  const upsert = (entitiesFile: string) => setting.upsert({ blueprint: 'thing', entitiesFile });
  const identifiers = () => [...setting.port.store.entitiesOf('thing').keys()];

  for (const [file, fault] of Object.entries({
    'out.json': /"out\.json" is not read: .* outside the folders of this job/,
    'dangling.json': /"dangling\.json" is not read: it is a link to what is not there/,
    'dang*.json': /"dangling\.json" is not read: it is a link to what is not there/,
    'pipe.json': /"pipe\.json" is not read: it is not a regular file/,
  })) {
    const add = file === 'pipe.json' ? itOnPosix : itWithLinks;
    add(`are not read, and nothing is sent, where one is no file of the job: ${file}`, async () => {
      for (const way of [file, join(setting.folder, file)]) {
        const { result, message } = await upsert(way);
        assert.equal(result, 'Failed');
        assert.match(message, fault);
      }
      assert.deepEqual(identifiers(), []);
    });
  }

  it('are read at an absolute path elsewhere, and by a name with the signs of globs', async () => {
    const names = ['b[1].json'];
    setting.file('b[1].json', '{"identifier":"b"}');
    // Windows has ? in the prefix of a long path only, which is a name as well: \\?\C:\a.json.
    if (process.platform !== 'win32') names.push(setting.file('b?*.json', '{"identifier":"b"}'));
    for (const file of [join(outside, 'a.json'), ...names, join(setting.folder, 'b[1].json')]) {
      const { result, message } = await upsert(file);
      assert.equal(result, 'Succeeded', message);
    }
    assert.deepEqual(identifiers(), ['a', 'b']);
  });

  it('are read in UTF-16, as JSON, JSON Lines and YAML', async () => {
    const utf16 = (text: string, isBig: boolean) => {
      const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
      return isBig ? bytes.swap16() : bytes;
    };
    for (const isBig of [false, true]) {
      const files = [
        setting.file('u.json', utf16('[\r\n{"identifier":"u","title":"Größe"}]', isBig)),
        setting.file(
          'u.jsonl',
          utf16('{"identifier":"v"}\r\n\r\n{"identifier":"w","title":"Größe"}\r\n', isBig),
        ),
        setting.file('u.yaml', utf16('- identifier: x\r\n  title: Größe\r\n', isBig)),
      ];
      for (const file of files) {
        const { result, message } = await upsert(file);
        assert.equal(result, 'Succeeded', message);
      }
    }
    const titles = ['u', 'w', 'x'].map((name) => setting.port.store.entitiesOf('thing').get(name)?.title);
    assert.deepEqual(titles, ['Größe', 'Größe', 'Größe']);
  });

  itOnPosix(
    'of results are not written through a link that leads out, or over a folder, and nothing is sent',
    async () => {
      symlinkSync(outside, join(setting.folder, 'folder'));
      for (const [resultFile, fault] of [
        ['out.json', /"out\.json" cannot be written: .* outside the folders of this job/],
        ['folder/new/r.json', /outside the folders of this job/],
        ['dangling.json', /it is a link to what is not there/],
        ['pipe.json', /it is not a regular file/],
        [setting.folder, /it is a folder; name a file in it/],
      ] as const) {
        const before = setting.calls().length;
        const { result, message } = await setting.upsert({
          blueprint: 'thing',
          entities: '- identifier: z',
          resultFile,
        });
        assert.equal(result, 'Failed', resultFile);
        assert.match(message, fault);
        assert.equal(setting.calls().length, before);
      }
      const { result } = await setting.upsert({
        blueprint: 'thing',
        entities: '- identifier: y',
        resultFile: join(outside, 'new', 'r.json'),
      });
      assert.equal(result, 'Succeeded');
    },
  );
});
