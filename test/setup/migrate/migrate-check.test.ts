import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand, runPiped } from '../command-line.ts';

describe('migrate-check', function () {
  this.timeout(20_000);

  const example = join(import.meta.dirname, 'hand-written.yml');

  it('tells a person, with file and line, and ends with 1', async () => {
    const { code, stdout } = await runCommand(['migrate-check', example]);
    assert.equal(code, 1);
    assert.match(stdout, /^Hand-written calls to Port\n/);
    assert.match(stdout, /hand-written\.yml:\d+ {2}token-not-secret/);
    assert.match(stdout, /These steps replace them .*\n- task: PortRunStatus@1/);
  });

  it('tells a script in JSON, and ends with 0 where there is nothing to say', async () => {
    const { json } = await runCommand(['migrate-check', example, '--json']);
    const { mistakes } = json() as { mistakes: { rule: string }[] };
    const rules = [...new Set(mistakes.map(({ rule }) => rule))].sort();
    assert.deepEqual(rules, [
      ...['deprecated-message', 'injection', 'installs-tools', 'no-cancel', 'no-merge', 'old-host'],
      ...['token-not-secret', 'unchecked-answer', 'wrong-case'],
    ]);
    const deploy = join(import.meta.dirname, '..', '..', '..', 'examples', 'deploy', 'deploy.yml');
    const clean = await runCommand(['migrate-check', deploy]);
    assert.equal(clean.code, 0);
    assert.match(clean.stdout, /no hand-written call to Port/);
  });

  it('prints nothing out of a file that the agent would obey, and gives scripts every value as it is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'migrate-'));
    const file = join(folder, '##vso[task.complete]hostile.yml');
    const identifier = '##vso[task.setvariable variable=PATH]x';
    const post = 'https://api.port.io/v1/blueprints/service/entities';
    writeFileSync(
      file,
      `steps:\n  - bash: |\n      curl -X POST ${post} -d '{"identifier": "${identifier}"}'\n`,
    );
    try {
      for (const args of [[], ['--json']]) {
        for (const name of [file, `${file}.missing`]) {
          const { stdout, stderr } = await runCommand(['migrate-check', name, ...args]);
          assert.doesNotMatch(stdout + stderr, /##(vso)?\[/);
        }
      }
      const { json } = await runCommand(['migrate-check', file, '--json']);
      const { replacement } = json() as { replacement: string };
      assert.ok(replacement.includes(identifier));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('ends quietly where its reader has seen enough', async () => {
    const ended = await runPiped(['migrate-check', example, '--json']);
    assert.equal(ended, '');
  });

  it('says what is wrong with a file', async () => {
    assert.match((await runCommand(['migrate-check', 'nowhere.yml'])).stderr, /Cannot read nowhere\.yml/);
  });
});
