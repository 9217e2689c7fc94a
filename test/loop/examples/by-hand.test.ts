import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFolder } from '../../../local/folder.ts';
import { formGroups } from '../../../local/page/forms.ts';
import { viewOf } from '../../../local/page/view.ts';
import { examples, startPackagedLoop } from '../../support/loop-run.ts';
import { until } from '../../support/until.ts';
import { itOnPosix } from '../../support/where.ts';

const root = join(examples, '..');

describe('the loop by hand', function () {
  this.timeout(60_000);
  let temp: string;
  let output = '';
  let child: ChildProcess | undefined;
  beforeEach(() => {
    temp = mkdtempSync(join(tmpdir(), 'by-hand-'));
    output = '';
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(temp, { recursive: true, force: true });
  });

  /** What `npm run local` starts, with a folder for what it writes. */
  const start = (...words: readonly string[]): Promise<number | null> => {
    const env = { ...process.env, TMPDIR: temp, INIT_CWD: root, NO_COLOR: '1' };
    child = spawn(process.execPath, [join(root, 'local', 'start.ts'), ...words], { env });
    child.stdout?.on('data', (text) => (output += String(text)));
    child.stderr?.on('data', (text) => (output += String(text)));
    return new Promise((resolve) => child?.once('exit', resolve));
  };
  const isPrinted = (text: string | RegExp) => () => output.search(text) >= 0;

  itOnPosix(
    'executes the action by the line that it prints, shows the run, and leaves nothing behind after Ctrl-C',
    async () => {
      const ended = start('examples/deploy', '--port', '18410');
      await until('it is up', isPrinted('Ctrl-C ends it.'));
      const line = /^curl .*$/m.exec(output)?.[0] ?? '';
      const answer = execFileSync('sh', ['-c', line], { encoding: 'utf8' });
      assert.match(answer, /"status":"IN_PROGRESS"/);
      await until('the run has ended', isPrinted('Deploy Service  SUCCESS "Succeeded"'), 30_000);
      // A run's log is printed below its status.
      await until('its log is shown', isPrinted(/log {13}Deployed: 3 of 3 replicas are ready/));
      assert.match(output, /deployment deploy\.yml-1/);
      assert.equal((await fetch('http://127.0.0.1:18410/')).status, 200);
      child?.kill('SIGINT');
      assert.equal(await ended, 0, output);
      assert.deepEqual(readdirSync(temp), []);
    },
  );

  itOnPosix(
    'cancels what runs when it is ended, and tells Port, also where npm passes the signal on once more',
    async () => {
      cpSync(join(examples, 'deploy'), join(temp, 'mine'), { recursive: true });
      writeFileSync(
        join(temp, 'mine', 'scripts', 'deploy.mjs'),
        "console.log('up'); setTimeout(() => undefined, 60_000);\n",
      );
      const ended = start(join(temp, 'mine'), '--port', '18410');
      await until('it is up', isPrinted('Ctrl-C ends it.'));
      execFileSync('sh', ['-c', /^curl .*$/m.exec(output)?.[0] ?? 'false']);
      await until('the step runs', isPrinted(/^ {2}\| up$/m));
      child?.kill('SIGTERM');
      await until('it is ending', isPrinted('Ending'));
      child?.kill('SIGINT');
      assert.equal(await ended, 0, output);
      assert.match(output, /Deploy Service  FAILURE "Canceled/);
      assert.deepEqual(readdirSync(temp), ['mine']);
    },
  );

  it('names a port that is in use, and how to choose another', async () => {
    const server: Server = createServer();
    await new Promise<void>((resolve) => server.listen(18_412, '127.0.0.1', resolve));
    try {
      assert.equal(await start('--port', '18410'), 1);
    } finally {
      server.close();
    }
    assert.match(
      output,
      /Port 18412 of this machine cannot be used .*EADDRINUSE.* npm run local -- --port 18422/,
    );
    assert.deepEqual(readdirSync(temp), []);
  });

  it('says what is wrong with its arguments, and with a folder, and makes nothing', async () => {
    assert.equal(await start('--prot', '1'), 1);
    assert.match(output, /Unknown option '--prot'[^]*npm run local -- \[FOLDER/);
    assert.equal(await start('--port', 'many'), 1);
    assert.match(output, /a port from 1 to 65533/);
    assert.equal(await start('examples/failed-deployment-to-chat'), 1);
    assert.match(output, /failed-deployment-to-chat has no pipeline/);
    assert.deepEqual(readdirSync(temp), []);
  });

  it('says which file Port does not take, with its words', async () => {
    cpSync(join(examples, 'deploy'), join(temp, 'mine'), { recursive: true });
    writeFileSync(join(temp, 'mine', 'port', 'x.json'), '{"identifier": "x", "schema": 1}');
    assert.equal(await start(join(temp, 'mine'), '--port', '18410'), 1);
    assert.match(output, /Port does not take .*x\.json: Error: POST \/v1\/blueprints -> 422/);
    assert.deepEqual(readdirSync(temp), ['mine']);
  });
});

describe('each example', () => {
  const folders = readdirSync(examples, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    // What has nothing to do in Port: a command from a chat, a service hook to one, and the publishing of the extension.
    .filter(
      (name) => !['command-from-chat', 'failed-deployment-to-chat', 'publish-extension'].includes(name),
    );
  for (const name of folders) {
    // As many as in the folder, so that nothing of it is passed over.
    it(`can be tried by hand: ${name}`, async () => {
      const folder = join(examples, name);
      const { pipelines, connections, organization = 'my-org', project = '' } = await readFolder(folder);
      assert.equal(organization, 'my-org');
      assert.match(project, /^[a-z-]*$/);
      const loop = await startPackagedLoop({ connections });
      try {
        await loop.addExample(
          folder,
          pipelines.map((file) => ({ file })),
        );
        const [actions, byHand] = formGroups(loop);
        assert.equal(byHand?.forms.length, pipelines.length);
        const ofAction = readdirSync(join(folder, 'port')).filter(
          (file) =>
            /\.action\.json$|^node\.json$/.test(file) ||
            readFileSync(join(folder, 'port', file), 'utf8').includes('"SELF_SERVE_TRIGGER"'),
        );
        assert.equal(actions?.forms.length, ofAction.length);
      } finally {
        await loop.close();
      }
    });
  }

  it('closes a run by its net, where it has one', async () => {
    const loop = await startPackagedLoop();
    try {
      await loop.addExample(join(examples, 'lost-agent-net'), [{ file: 'lost-agent-net.yml' }]);
      const { runId } = await loop.execute('sleep', { seconds: '0' });
      await loop.idle();
      await until('the run has ended', () => loop.port.store.run(runId).status === 'SUCCESS');
    } finally {
      await loop.close();
    }
  });

  it('runs the node of its workflow from the page', async () => {
    const folder = join(examples, 'workflow');
    const loop = await startPackagedLoop(await readFolder(folder));
    try {
      await loop.addExample(folder, [{ file: 'workflow.yml' }]);
      await formGroups(loop)[0]?.forms[0]?.send({});
      await until('the node has ended', () => viewOf(loop).runs[0]?.status === 'SUCCESS');
    } finally {
      await loop.close();
    }
  });
});
