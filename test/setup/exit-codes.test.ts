import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeRunner } from '../local/azure-devops/fake-runner.ts';
import { main, runCommand } from './command-line.ts';
import { closeLoops, startLoop } from './loop-fixture.ts';

describe('exit codes of the command line', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  it('are 2 for wrong usage and for a file that cannot be read or is wrong', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await writeFile(join(loop.folder, 'broken.yml'), 'organization: [');
    for (const args of [
      ['doctor', '--nonsense'],
      ['doctor', '--file', 'nowhere.yml'],
      ['setup', 'plan', '--file', 'broken.yml'],
      ['migrate-check', 'nowhere.yml'],
      ['hooks', 'create', '--organization', 'x y'],
    ])
      assert.equal((await loop.run(...args)).code, 2, args.join(' '));
    assert.match(
      (await loop.run('doctor', '--file', 'nowhere.yml')).stderr,
      /Cannot read nowhere\.yml: .*Name yours with --file; "setup init" writes one/,
    );
  });

  it('are 3 where no answer comes', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await loop.ado.close();
    for (const args of [
      ['setup', 'plan'],
      ['setup', 'apply'],
      ['hooks', 'list', '--organization', loop.ado.url],
    ])
      assert.equal((await loop.run(...args)).code, 3, args.join(' '));
  });

  it('are 1 where something is refused', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const { code } = await runCommand(['setup', 'plan'], { AZURE_DEVOPS_EXT_PAT: 'wrong' }, loop.folder);
    assert.equal(code, 1);
  });

  it("are terraform's with --detailed-exitcode: 2 for a plan with changes, 0 without, 1 for any failure", async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const plan = async (...more: string[]) =>
      (await loop.run('setup', 'plan', '--detailed-exitcode', ...more)).code;
    assert.equal(await plan(), 2);
    assert.equal((await loop.run('setup', 'plan')).code, 0);
    await loop.run('setup', 'apply');
    assert.equal(await plan(), 0);
    assert.equal(await plan('--file', 'nowhere.yml'), 1);
    assert.equal(await plan('--nonsense'), 1);
  });

  it('of apply are 1 where something is left for a person, and the last line counts it', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await writeFile(join(loop.folder, 'deploy.yml'), 'steps: []\n');
    const { code, stdout } = await loop.run('setup', 'apply');
    assert.equal(code, 1);
    assert.match(stdout, /parts made or changed\. Left for you: 1\.\nNext: Put "name: .*\n$/);
  });
});

describe('a command whose output is closed', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  it('goes on to its end without a stack trace, so that nothing is half made', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'setup', 'apply'], {
      cwd: loop.folder,
      env: {
        PATH: process.env.PATH,
        AZURE_DEVOPS_EXT_PAT: 'pat',
        PORT_CLIENT_ID: loop.port.clientId,
        PORT_CLIENT_SECRET: loop.port.clientSecret,
      },
    });
    let errors = '';
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    await once(child, 'close');
    assert.doesNotMatch(errors, /EPIPE|\bat .*:\d+:\d+/);
    assert.equal((await loop.run('setup', 'plan')).stdout.trimEnd().split('\n').at(-1), 'Nothing to do.');
  });
});
