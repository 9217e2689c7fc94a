import assert from 'node:assert/strict';
import { shellOf } from '../../../local/agent/steps/shells.ts';
import { itOnPosix } from '../../support/where.ts';
import { type Bench, evalStep, makeBench } from './fixture.ts';

describe('the shell of a script in the local agent', () => {
  const linux = { platform: 'linux', environment: { PATH: process.env.PATH } } as const;
  const bare = { platform: 'linux', environment: { PATH: '/no/such/folder' } } as const;
  const ofLinux = { system: 'Linux', isPwsh: false };

  itOnPosix('is Bash where the pool is one of Linux or macOS', () => {
    for (const system of ['Linux', 'Darwin'])
      assert.equal(shellOf({ task: 'CmdLine', isPwsh: false, system }, linux).title, 'Bash');
  });

  const missing = {
    Bash: [
      { ...ofLinux, task: 'CmdLine' },
      /This step runs in Bash, which was not found on this machine\. Install it with the packages/,
    ],
    cmd: [
      { task: 'CmdLine', isPwsh: false, system: 'Windows_NT' },
      /runs in cmd, which was not found .*bash: and pwsh:/,
    ],
    PowerShell: [{ ...ofLinux, task: 'PowerShell', isPwsh: true }, /runs in PowerShell, .*Install it/],
  } as const;
  for (const [shell, [kind, words]] of Object.entries(missing))
    it(`is named in one line where it is missing: ${shell}`, () => {
      assert.throws(() => shellOf(kind, bare), words);
    });
});

describe('the system of a job in the local agent', () => {
  let bench: Bench;
  before(async () => {
    bench = await makeBench();
  });
  after(() => bench.remove());

  const step = evalStep('say(process.env.AGENT_OS)', { displayName: 'System' }).replaceAll(/^/gm, '  ');
  const pools: Readonly<Record<string, readonly [yaml: string, system: string]>> = {
    'of the image': ['pool: { vmImage: windows-2025 }\n', 'Windows_NT'],
    'of an image of macOS': ['pool: { vmImage: macOS-15 }\n', 'Darwin'],
    'of an image that a variable names': [
      'variables: { image: windows-latest }\npool: { vmImage: $(image) }\n',
      'Windows_NT',
    ],
    'that the demands want': ['pool: { name: Own, demands: [Agent.OS -equals Windows_NT] }\n', 'Windows_NT'],
    'of Ubuntu where no pool is named': ['', 'Linux'],
  };
  for (const [what, [yaml, system]] of Object.entries(pools))
    it(`is that ${what}`, async () => {
      const seen = await bench.run(`${yaml}jobs:\n- job: One\n  steps:\n  - checkout: none\n${step}\n`);
      assert.deepEqual(seen.log('System'), [system]);
    });

  it('is that of the pool at the lowest level', async () => {
    const seen = await bench.run(
      `pool: { vmImage: ubuntu-latest }\njobs:\n- job: One\n  pool: { vmImage: windows-latest }\n  steps:\n  - checkout: none\n${step}\n`,
    );
    assert.deepEqual(seen.log('System'), ['Windows_NT']);
  });
});
