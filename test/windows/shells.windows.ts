import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, makeBench } from '../local/agent/fixture.ts';

const pool = (image: string) => `pool:\n  vmImage: ${image}\nsteps:\n- checkout: none\n`;
/** No Git for Windows, and nothing but the system on the PATH. */
const bare = {
  PATH: String.raw`C:\Windows\System32`,
  ProgramFiles: String.raw`C:\none`,
  ProgramW6432: String.raw`C:\none`,
  'ProgramFiles(x86)': String.raw`C:\none`,
  LOCALAPPDATA: String.raw`C:\none`,
};

describe('Scripts in the local agent on Windows', function () {
  this.timeout(30_000);
  let bench: Bench;
  let folder = '';
  before(() => (folder = mkdtempSync(join(tmpdir(), 'git for windows '))));
  after(() => rmSync(folder, { recursive: true }));
  afterEach(() => bench.remove());

  it('run in cmd where the pool is one of Windows', async () => {
    bench = await makeBench([], { environment: bare });
    const seen = await bench.run(`${pool('windows-2025')}
- script: |
    echo %OS% %AGENT_OS%
    set VALUE=one two
    echo %VALUE%
  displayName: Cmd
- script: exit 3
  displayName: Bad
`);
    assert.deepEqual(seen.log('Cmd'), ['Windows_NT Windows_NT', 'one two']);
    assert.equal(seen.record('Bad').issues[0]?.message, "CmdLine exited with code '3'.");
  });

  it('say in one line what is missing where the pool is one of Linux, and there is no Bash', async () => {
    bench = await makeBench([], { environment: bare });
    const seen = await bench.run(`${pool('ubuntu-latest')}\n- script: echo hello\n  displayName: Hello\n`);
    assert.deepEqual(
      seen.record('Hello').issues.map(({ message }) => message),
      [
        'This step runs in Bash, which was not found on this machine. Install Git for Windows ' +
          '(https://gitforwindows.org), which brings it, or use WSL.',
      ],
    );
    assert.equal(seen.outcome.result, 'failed');
  });

  /** Node in the place of Bash shows which program runs which file. */
  const places: Readonly<Record<string, readonly [string, Readonly<Record<string, string>>]>> = {
    'in the folder of programs': ['Git', { ProgramFiles: 'FOLDER' }],
    'in the folder of programs of 32 bits': ['Git', { 'ProgramFiles(x86)': 'FOLDER' }],
    'as installed for one user': [String.raw`Programs\Git`, { LOCALAPPDATA: 'FOLDER' }],
    'beside the git of the PATH': [
      'elsewhere',
      { PATH: String.raw`C:\Windows\System32;FOLDER\elsewhere\cmd` },
    ],
    'on the PATH': ['portable', { PATH: String.raw`C:\Windows\System32;FOLDER\portable\bin` }],
  };
  for (const [place, [home, environment]] of Object.entries(places))
    it(`run in the Bash of Git for Windows ${place}`, async () => {
      for (const [sub, file] of [
        ['bin', 'bash.exe'],
        ['cmd', 'git.exe'],
      ] as const) {
        mkdirSync(join(folder, home, sub), { recursive: true });
        copyFileSync(process.execPath, join(folder, home, sub, file));
      }
      const own: Record<string, string> = { ...bare };
      for (const [name, value] of Object.entries(environment)) own[name] = value.replace('FOLDER', folder);
      bench = await makeBench([], { environment: own });
      const seen = await bench.run(`${pool('ubuntu-latest')}
- bash: console.log(process.execPath, process.argv[1])
  displayName: Where
`);
      const [line = ''] = seen.log('Where');
      assert.ok(line.startsWith(join(folder, home, 'bin', 'bash.exe')), line);
      assert.match(line, /\.sh$/);
      rmSync(join(folder, home.split('\\')[0] ?? ''), { recursive: true });
    });
});
