import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Metafile, build } from 'esbuild';
import { absenceNotice, cutShort, isLeftOut, leaveOut, leftOut } from '../../scripts/bundle/left-out.ts';
import { bundleTask } from '../../scripts/bundle/task-bundle.ts';

const require = createRequire(import.meta.url);
const packages = join(import.meta.dirname, '..', '..', 'node_modules');

describe('What is left out of the bundles', () => {
  let folder = '';
  let metafile: Metafile;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'left-out-'));
    ({ metafile } = await bundleTask({ name: 'PortUpsertEntity', target: folder, version: '0.0.0' }));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const module of [...Object.keys(leftOut), ...Object.keys(cutShort)]) {
    it(`${module} is still asked for by what is in them`, () => {
      const input = `node_modules/${module}`;
      assert.ok(existsSync(join(packages, module)));
      assert.ok(
        Object.keys(metafile.inputs).includes(input),
        `${module} is not needed in the table any more`,
      );
      assert.ok(isLeftOut(input));
    });
  }

  it('warns and throws by name when it is used all the same', async () => {
    const outfile = join(folder, 'absent.cjs');
    const contents = `
      const { ToolRunner } = require('azure-pipelines-task-lib/toolrunner.js');
      try { new ToolRunner('git'); } catch (error) { console.log('thrown: ' + error.message); }`;
    const stdin = { contents, resolveDir: packages };
    await build({ stdin, outfile, bundle: true, platform: 'node', plugins: [leaveOut()] });
    const { stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' });
    const notice = `azure-pipelines-task-lib/toolrunner.js: ToolRunner ${absenceNotice}`;
    assert.equal(stdout, `thrown: ${notice}\n`);
    assert.ok(stderr.includes(`Warning: ${notice}`), stderr);
  });

  it('does so too where it is an ECMAScript module', async () => {
    const outfile = join(folder, 'absent-module.cjs');
    const contents = `
      import { stringifyString } from './yaml/browser/dist/stringify/stringifyString.js';
      try { stringifyString(); } catch (error) { console.log('thrown: ' + error.message); }`;
    const stdin = { contents, resolveDir: packages };
    await build({ stdin, outfile, bundle: true, platform: 'node', plugins: [leaveOut()] });
    const { stdout } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' });
    assert.equal(
      stdout,
      `thrown: yaml/browser/dist/stringify/stringifyString.js: stringifyString ${absenceNotice}\n`,
    );
  });

  it('takes nothing from the messages but their translations, of which task-lib uses the English ones', () => {
    const path = join(packages, 'azure-pipelines-task-lib', 'lib-resource.js');
    const whole = require(path) as Resource;
    const [, kept] =
      /module\.exports = (.*);$/s.exec(
        cutShort['azure-pipelines-task-lib/lib-resource.js']?.source(path) ?? '',
      ) ?? [];
    assert.ok(kept !== undefined);
    const { messages } = JSON.parse(kept.replace('{ "messages"', '{"messages"')) as Resource;
    assert.deepEqual(messages, whole.messages);
    const english = Object.entries(whole.localizedMessages['en-US'] ?? {});
    assert.deepEqual(
      Object.fromEntries(english.map(([key, text]) => [key.replace('loc.messages.', ''), text])),
      messages,
    );
  });
});

interface Resource {
  readonly messages: Readonly<Record<string, string>>;
  readonly localizedMessages: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
