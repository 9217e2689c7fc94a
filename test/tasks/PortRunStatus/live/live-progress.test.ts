import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { writeCancelNote } from '../../../../tasks/PortRunStatus/live/cancel-note.ts';
import {
  type FollowedRun,
  startLiveProgress,
  stopLiveProgress,
} from '../../../../tasks/PortRunStatus/live/live-progress.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { swiftClock } from '../../../support/task-setting.ts';
import { until } from '../../../support/until.ts';
import { itAsRoot, itOnLinux, itOnPosix, itWithLinks } from '../../../support/where.ts';

const linked = 'a link';
const foreign = 'a file of another user';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('The end of the live progress', () => {
  let folder: string;
  let child: ChildProcess;
  let ended: Promise<unknown>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'progress-'));
    child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    ended = new Promise((resolve) => child.on('exit', resolve));
  });

  afterEach(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  const newName = () => `port-progress-${randomUUID()}`;
  const fileAt = (path: string) => {
    writeFileSync(path, '');
    return path;
  };

  const stopWith = async (word: string): Promise<readonly string[]> => {
    const host = new FakeHost({
      variables: { 'Agent.TempDirectory': folder },
      taskVariables: { PORT_TRACK_PROGRESS: word },
    });
    await stopLiveProgress(host);
    return host.lines;
  };

  it('stops the process that the main step left, and removes its file', async () => {
    const file = fileAt(join(folder, newName()));
    const started = performance.now();
    assert.deepEqual(await stopWith(`${child.pid} ${basename(file)}`), []);
    assert.ok(performance.now() - started < 1900);
    await ended;
    assert.equal(child.signalCode, 'SIGTERM');
    assert.ok(!existsSync(file));
  });

  it('bears a process that removes its file itself', async () => {
    const name = newName();
    const file = fileAt(join(folder, name));
    child.on('exit', () => rmSync(file));
    assert.deepEqual(await stopWith(`${child.pid} ${name}`), []);
    assert.ok(!existsSync(file));
  });

  itOnPosix('kills the process where it does not end by itself in two seconds', async () => {
    const deaf = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')";
    const stubborn = spawn(process.execPath, ['-e', deaf]);
    const signal = new Promise((resolve) => stubborn.on('exit', (_code, by) => resolve(by)));
    await once(stubborn.stdout, 'data');
    const started = performance.now();
    await stopWith(`${stubborn.pid} ${basename(fileAt(join(folder, newName())))}`);
    const waited = performance.now() - started;
    assert.equal(await signal, 'SIGKILL');
    assert.ok(waited >= 1900 && waited < 10_000, `${waited} ms`);
  });

  it('gives what the process had to say to the post-job step', async () => {
    const file = join(folder, newName());
    writeCancelNote(file, { reason: 'It was ended', outcome: 'canceled' });
    const host = new FakeHost({
      variables: { 'Agent.TempDirectory': folder },
      taskVariables: { PORT_TRACK_PROGRESS: `${child.pid} ${basename(file)}` },
    });
    const text = 'It was ended, so this pipeline run was canceled (cancelWithPort).';
    assert.deepEqual([await stopLiveProgress(host), host.lines], [text, []]);
  });

  itWithLinks('says that it did nothing where the temporary folder cannot be looked into', async () => {
    symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
    const host = new FakeHost({
      variables: { 'Agent.TempDirectory': join(folder, 'loop') },
      taskVariables: { PORT_TRACK_PROGRESS: `${child.pid} ${newName()}` },
    });
    assert.equal(await stopLiveProgress(host), undefined);
    assert.match(host.lines.join(), /^Nothing was done about the process/);
    assert.ok(child.kill(0));
  });

  it('is nothing where no process was started', async () => {
    for (const taskVariables of [{}, { PORT_TRACK_PROGRESS: '' }]) {
      const host = new FakeHost({ taskVariables });
      assert.deepEqual([await stopLiveProgress(host), host.lines], [undefined, []]);
    }
  });

  it('leaves a process alone whose file is gone, without a word', async () => {
    assert.deepEqual(await stopWith(`${child.pid} ${newName()}`), []);
    assert.ok(child.kill(0));
  });

  const wrong: Readonly<Record<string, () => { word: string; file: string }>> = {
    'a file of another name': () => {
      const file = fileAt(join(folder, 'deploy.key'));
      return { word: `${child.pid} deploy.key`, file };
    },
    'a name that goes on': () => {
      const name = `${newName()}0`;
      return { word: `${child.pid} ${name}`, file: fileAt(join(folder, name)) };
    },
    'a file in another folder': () => {
      mkdirSync(join(folder, 'deeper'));
      const name = join('deeper', newName());
      return { word: `${child.pid} ${name}`, file: fileAt(join(folder, name)) };
    },
    'a path': () => {
      const file = fileAt(join(folder, newName()));
      return { word: `${child.pid} ${file}`, file };
    },
    'a folder': () => {
      const name = newName();
      mkdirSync(join(folder, name));
      return { word: `${child.pid} ${name}`, file: join(folder, name) };
    },
    [linked]: () => {
      const name = newName();
      symlinkSync(fileAt(join(folder, 'target')), join(folder, name));
      return { word: `${child.pid} ${name}`, file: join(folder, name) };
    },
    [foreign]: () => {
      const name = newName();
      const file = fileAt(join(folder, name));
      chownSync(file, 12_345, 12_345);
      return { word: `${child.pid} ${name}`, file };
    },
    ...Object.fromEntries(
      ['0', '1', '-1', '007', '1e3', '99999999999999999999', ''].map((pid) => [
        `process "${pid}"`,
        () => {
          const name = newName();
          return { word: `${pid} ${name}`, file: fileAt(join(folder, name)) };
        },
      ]),
    ),
  };
  const adding: Readonly<Record<string, typeof itWithLinks>> = { [linked]: itWithLinks, [foreign]: itAsRoot };
  for (const [what, make] of Object.entries(wrong)) {
    const add = adding[what] ?? it;
    add(`signals and removes nothing, and says so, where the variable names ${what}`, async () => {
      const { word, file } = make();
      const lines = await stopWith(word);
      assert.equal(lines.length, 1);
      assert.match(
        lines[0] ?? '',
        /^Nothing was done about the process of the live progress: the task variable PORT_TRACK_PROGRESS names none of this step\.$/,
      );
      assert.ok(existsSync(file));
      assert.ok(child.kill(0) && child.signalCode === null);
    });
  }
});

describe('The start of the live progress', () => {
  const [node = '', script = ''] = process.argv;
  let folder: string;
  let tasks: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'progress-')));
    tasks = join(folder, 'task');
    mkdirSync(tasks);
    // In place of the bundle that stands beside the script of the step.
    writeFileSync(
      join(tasks, 'background.js'),
      `const { writeFileSync, renameSync } = require('node:fs');
       const chunks = [];
       process.stdin.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
         const order = JSON.parse(Buffer.concat(chunks).toString());
         const seen = { order, cwd: process.cwd(), args: process.argv.slice(2), variables: Object.keys(process.env) };
         writeFileSync('seen.tmp', JSON.stringify(seen));
         renameSync('seen.tmp', 'seen');
       });`,
    );
    process.argv = [node, join(tasks, 'index.js')];
  });
  afterEach(() => {
    process.argv = [node, script];
    rmSync(folder, { recursive: true, force: true });
  });

  const connection = {
    apiUrl: 'https://port',
    appUrl: 'https://app',
    clientId: 'id',
    clientSecret: 's3cret',
  };
  const followed: FollowedRun = {
    connection,
    runId: { kind: 'action', id: 'r_1' },
    isCanceledWithPort: true,
  };
  const processOf = (host: FakeHost) => {
    const [pid, name = ''] = (host.taskVariables.PORT_TRACK_PROGRESS ?? '').split(' ');
    return { pid: Number(pid), name };
  };
  const start = (host: FakeHost) => {
    const environment = { PATH: process.env.PATH, HOME: folder, INPUT_CLIENTSECRET: 's3cret' };
    const { signal } = new AbortController();
    startLiveProgress({ host, clock: swiftClock(), signal, environment }, followed);
  };

  it('tells a process beside the step all that it must know, by its standard input alone', async () => {
    const host = new FakeHost({
      variables: {
        ...{ 'Agent.TempDirectory': folder, 'System.CollectionUri': 'https://azure/' },
        ...{ 'System.AccessToken': 'token', 'System.TeamProjectId': 'project', 'Build.BuildId': '42' },
        ...{ 'System.JobId': 'job', 'System.TaskInstanceId': 'own', 'Build.SourceBranch': 'main' },
      },
      secrets: { password: 'hunter2' },
    });
    start(host);
    const { pid, name } = processOf(host);
    assert.ok(pid > 1);
    const aliveFile = join(folder, name);
    assert.ok(existsSync(aliveFile));
    assert.match(name, /^port-progress-[0-9a-f-]{36}$/);
    // It does not keep the step from ending.
    assert.ok(!process.getActiveResourcesInfo().includes('ProcessWrap'));
    await until('the process has its order', () => existsSync(join(tasks, 'seen')));
    const { order, cwd, args, variables } = JSON.parse(readFileSync(join(tasks, 'seen'), 'utf8')) as {
      order: unknown;
      cwd: string;
      args: readonly string[];
      variables: readonly string[];
    };
    assert.deepEqual(order, {
      ...{ ...followed, aliveFile, interval: 5000 },
      jobConnection: { url: 'https://azure/', token: 'token' },
      variables: {
        ...{ 'System.TeamProjectId': 'project', 'Build.BuildId': '42' },
        ...{ 'System.JobId': 'job', 'System.TaskInstanceId': 'own' },
      },
      ...{ secrets: ['hunter2'], certificates: {} },
    });
    assert.deepEqual([cwd, args], [tasks, []]);
    assert.ok(!variables.includes('INPUT_CLIENTSECRET'));
    assert.deepEqual(host.warnings, []);
    await stopLiveProgress(host);
    assert.ok(!existsSync(aliveFile));
  });

  itOnLinux('makes the process a leader of its group whose output goes nowhere', async () => {
    const host = new FakeHost({ variables: { 'Agent.TempDirectory': folder } });
    writeFileSync(join(tasks, 'background.js'), 'setInterval(() => undefined, 1000);');
    start(host);
    const proc = join('/proc', String(processOf(host).pid));
    const [, group = ''] = /^\d+ \(.*\) \S \d+ (\d+) /.exec(readFileSync(join(proc, 'stat'), 'utf8')) ?? [];
    assert.equal(Number(group), processOf(host).pid);
    const outputs = ['1', '2'].map((descriptor) => readlinkSync(join(proc, 'fd', descriptor)));
    assert.deepEqual(outputs, ['/dev/null', '/dev/null']);
    await stopLiveProgress(host);
  });

  it('bears a process that ends before it has read what it must know', async () => {
    writeFileSync(join(tasks, 'background.js'), '');
    const host = new FakeHost({
      variables: { 'Agent.TempDirectory': folder },
      secrets: { large: 'x'.repeat(4_000_000) },
    });
    start(host);
    await until('the process has ended', () => !isAlive(processOf(host).pid));
    await stopLiveProgress(host);
    assert.deepEqual([host.warnings, host.lines], [[], []]);
  });

  it("leaves its file in the system's temporary folder where the agent names none", async () => {
    const host = new FakeHost();
    start(host);
    const file = join(tmpdir(), processOf(host).name);
    assert.ok(existsSync(file));
    await stopLiveProgress(host);
    assert.ok(!existsSync(file));
  });

  it('costs a warning where the temporary folder is not there', () => {
    const host = new FakeHost({ variables: { 'Agent.TempDirectory': join(folder, 'gone') } });
    start(host);
    assert.equal(host.taskVariables.PORT_TRACK_PROGRESS, undefined);
    assert.match(
      host.warnings.join('\n'),
      /^Live progress cannot be shown: ENOENT.*\. Everything else is reported\.$/,
    );
  });

  it('costs a warning where the process cannot be started, and leaves no file', async () => {
    rmSync(tasks, { recursive: true });
    const host = new FakeHost({ variables: { 'Agent.TempDirectory': folder } });
    start(host);
    await until('there is a warning', () => host.warnings.length > 0);
    assert.match(host.warnings.join('\n'), /^Live progress cannot be shown: spawn .*ENOENT$/);
    assert.equal(host.taskVariables.PORT_TRACK_PROGRESS, undefined);
    assert.deepEqual(readdirSync(folder), []);
  });
});
