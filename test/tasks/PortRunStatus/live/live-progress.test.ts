import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopLiveProgress } from '../../../../tasks/PortRunStatus/live/live-progress.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { itWithLinks } from '../../../support/where.ts';

const linked = 'a link';

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
    assert.deepEqual(await stopWith(`${child.pid} ${file}`), []);
    await ended;
    assert.ok(!existsSync(file));
  });

  it('leaves a process alone whose file is gone, without a word', async () => {
    assert.deepEqual(await stopWith(`${child.pid} ${join(folder, newName())}`), []);
    assert.ok(child.kill(0));
  });

  const wrong: Readonly<Record<string, () => { word: string; file: string }>> = {
    'a file of another name': () => {
      const file = fileAt(join(folder, 'deploy.key'));
      return { word: `${child.pid} ${file}`, file };
    },
    'a file in another folder': () => {
      mkdirSync(join(folder, 'deeper'));
      const file = fileAt(join(folder, 'deeper', newName()));
      return { word: `${child.pid} ${file}`, file };
    },
    'a path that leads around': () => {
      mkdirSync(join(folder, 'deeper'));
      const name = newName();
      const file = fileAt(join(folder, name));
      return { word: `${child.pid} ${folder}/deeper/../${name}`, file };
    },
    'a folder': () => {
      const file = join(folder, newName());
      mkdirSync(file);
      return { word: `${child.pid} ${file}`, file };
    },
    [linked]: () => {
      const file = join(folder, newName());
      symlinkSync(fileAt(join(folder, 'target')), file);
      return { word: `${child.pid} ${file}`, file };
    },
    ...Object.fromEntries(
      ['0', '1', '-1', '007', '1e3', '99999999999999999999', ''].map((pid) => [
        `process "${pid}"`,
        () => {
          const file = fileAt(join(folder, newName()));
          return { word: `${pid} ${file}`, file };
        },
      ]),
    ),
  };
  for (const [what, make] of Object.entries(wrong)) {
    const add = what === linked ? itWithLinks : it;
    add(`signals and removes nothing, and says so, where the variable names ${what}`, async () => {
      const { word, file } = make();
      const lines = await stopWith(word);
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? '', /^Nothing was done about the process of the live progress/);
      assert.ok(existsSync(file));
      assert.ok(child.kill(0) && child.signalCode === null);
    });
  }
});
