import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeRunner } from '../local/azure-devops/fake-runner.ts';
import { runCommand } from './command-line.ts';
import { closeLoops, startLoop, writesOf } from './loop-fixture.ts';

describe('doctor', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  it('says that it cannot look where the sign-in has no right, and ends with 3', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await loop.run('setup', 'apply');
    const { code, stdout } = await runCommand(
      ['doctor', '--json'],
      {
        AZURE_DEVOPS_EXT_PAT: 'weak',
        PORT_CLIENT_ID: loop.port.clientId,
        PORT_CLIENT_SECRET: loop.port.clientSecret,
      },
      loop.folder,
    );
    const { parts } = JSON.parse(stdout) as { parts: { id: string; state: string; details: string[] }[] };
    const states = new Map(parts.map(({ id, state }) => [id, state]));
    assert.equal(states.get('azure/sign-in'), 'ok');
    assert.equal(states.get('azure/project'), 'unknown');
    assert.equal(states.get('azure/connection/port'), 'unknown');
    assert.equal(states.get('port/blueprint/deployment'), 'ok');
    assert.equal(code, 3);
  });

  it('names a refused sign-in to Port as such, and says nothing of what it could not see', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const { code, stdout } = await runCommand(
      ['doctor'],
      { AZURE_DEVOPS_EXT_PAT: 'pat', PORT_CLIENT_ID: loop.port.clientId, PORT_CLIENT_SECRET: 'wrong' },
      loop.folder,
    );
    assert.equal(code, 1);
    assert.match(stdout, /wrong {4}sign-in to Port\n.*Cannot sign in to Port/);
    assert.match(stdout, /unknown {2}blueprint deployment/);
  });

  it('says of each secret that it cannot be compared, and how it is written again', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await loop.run('setup', 'apply');
    const { code, stdout } = await loop.run('doctor');
    assert.equal(code, 0, stdout);
    const about = / {9}its secret cannot be compared: .*--rewrite-secrets/g;
    assert.match(
      stdout,
      /ok {6} service connection port .*\n.*organization's own credentials.*\n.*its secret cannot be compared/,
    );
    assert.equal(stdout.match(about)?.length, 4, stdout);
  });

  it('reads only', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await loop.run('doctor');
    assert.deepEqual(writesOf(loop), []);
  });

  it('finds a pipeline file that does not name the connection or carry the run id', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await loop.run('setup', 'apply');
    await writeFile(join(loop.folder, 'deploy.yml'), 'name: $(Date:yyyyMMdd)\nsteps: []\n');
    const { code, stdout } = await loop.run('doctor');
    assert.equal(code, 1);
    assert.match(
      stdout,
      /wrong {4}pipeline file .*\n.*no resources\.webhooks entry has connection: port-webhook\n.*name: does not hold \$\(PORT_RUN_ID\)/,
    );
  });

  it('finds a webhook entry that every action of the webhook starts, and tells the lines to add', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await loop.run('setup', 'apply');
    const file = join(loop.folder, 'deploy.yml');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/ {6}filters:(\n {8}.*)+/, ''));
    for (const command of [['doctor'], ['setup', 'plan']]) {
      const { stdout } = await loop.run(...command);
      assert.match(
        stdout,
        /pipeline file .*\n.*no filter on the action.*filters: \[\{path: port_context\.action, value: deploy_service\}\]/,
      );
    }
  });

  it('gives the project that is not there one line of its own', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const file = join(loop.folder, 'port-azure.yml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('project: my-project', 'project: nowhere'));
    const { code, stdout } = await loop.run('doctor');
    assert.equal(code, 1);
    assert.match(stdout, /wrong {4}project nowhere in Azure DevOps\n.*There is no project "nowhere"/);
    assert.match(stdout, /unknown {2}service connection port /);
  });
});
