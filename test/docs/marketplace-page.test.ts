import assert from 'node:assert/strict';
import { chmodSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Loop } from '../../local/loop.ts';
import { sharedInputs } from '../../scripts/manifest-rules.ts';
import { readManifests } from '../../scripts/manifests.ts';
import { examples, startPackagedLoop } from '../support/loop-run.ts';
import { documentAt } from './documents.ts';

const { text, codeBlocks } = documentAt('overview.md');
const { tasks } = readManifests();

/** The text below a heading, up to the next one of its level or above. */
function sectionOf(heading: string): string {
  const [, level = '', name = ''] = /^(#+) (.*)$/.exec(heading) ?? [];
  const [, after] = text.split(`\n${level} ${name}\n`);
  assert.ok(after !== undefined, `overview.md has no heading ${heading}`);
  return after.split(new RegExp(`^#{1,${level.length}} `, 'm'))[0] ?? '';
}

describe('the Marketplace page', () => {
  it('explains each input and output of each task, those that tasks share once', () => {
    const names: readonly string[] = sharedInputs;
    const shared = sectionOf('### Inputs that tasks share');
    for (const task of Object.values(tasks)) {
      const section = sectionOf(`### ${task.name}`);
      for (const { name } of task.inputs) {
        const isShared = names.includes(name);
        assert.ok((isShared ? shared : section).includes(`\n| \`${name}\` | `), `${task.name}: ${name}`);
        assert.ok(section.includes(`\`${name}\``), `${task.name}: ${name}`);
      }
      for (const { name } of task.outputVariables ?? [])
        assert.ok(section.includes(`\n- \`${name}\`: `), `${task.name}: ${name}`);
    }
  });

  it('explains each code with which a message can end', () => {
    const codes = [...documentAt('docs/errors.md').text.matchAll(/^## (PORT_\w+)$/gm)];
    const table = sectionOf('## Error codes');
    for (const [, code = ''] of codes)
      assert.match(table, new RegExp(`^\\| \`${code}\` \\| .{40,} \\|$`, 'm'));
  });

  it('is short enough to be scrolled', () => {
    assert.ok(text.length < 45_000, `${text.length} characters`);
  });

  it('begins with the pipeline with which README begins', () => {
    const [first] = documentAt('README.md').codeBlocks;
    assert.equal(codeBlocks[0]?.text, first?.text);
  });
});

describe('the pipeline of the Marketplace page', function () {
  this.timeout(60_000);
  let loop: Loop;
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'marketplace-page-'));
    cpSync(join(examples, 'deploy', 'port'), join(folder, 'port'), { recursive: true });
    writeFileSync(join(folder, 'deploy.yml'), codeBlocks[0]?.text ?? '');
    writeFileSync(join(folder, 'deploy.sh'), '#!/usr/bin/env bash\necho deployed\n');
    chmodSync(join(folder, 'deploy.sh'), 0o755);
    loop = await startPackagedLoop();
    await loop.addExample(folder, [{ file: 'deploy.yml' }]);
  });
  afterEach(async () => {
    await loop.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is started by Port, tells its end, ties its entity, and has the id in its number', async () => {
    const { runId, build } = await loop.execute('deploy_service', {
      service: 'checkout',
      environment: 'test',
    });
    const { status, statusLabel } = loop.port.store.run(runId);
    assert.deepEqual([status, statusLabel], ['SUCCESS', 'Succeeded']);
    assert.equal(loop.port.store.runEntities.get(runId)?.[0]?.blueprint, 'deployment');
    assert.ok(build.number.endsWith(` ${runId}`), build.number);
  });
});
