import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeRunner } from '../local/azure-devops/fake-runner.ts';
import { runCommand } from '../setup/command-line.ts';
import { type Loop, closeLoops, startLoop } from '../setup/loop-fixture.ts';

/** Writes a file of the loop again, as editors and shells of Windows do. */
function rewrite({ folder }: Loop, file: string, encode: (text: string) => Buffer): void {
  const path = join(folder, file);
  writeFileSync(path, encode(readFileSync(path, 'utf8').replaceAll(/\r?\n/g, '\r\n')));
}

const withMark = (text: string) => Buffer.from(`\ufeff${text}`);
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

describe('The command line on Windows', function () {
  this.timeout(90_000);
  afterEach(closeLoops);

  it('plans, applies, applies again and checks, with files as Windows programs write them', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    rewrite(loop, 'port-azure.yml', utf16);
    rewrite(loop, 'deployment.json', withMark);
    rewrite(loop, 'deploy.yml', withMark);
    const plan = await loop.run('setup', 'plan');
    assert.equal(plan.code, 0, plan.stderr);
    assert.match(plan.stdout, /blueprint deployment/i);
    assert.ok(!plan.stdout.includes('\u001b'), 'no colours in a pipe');
    const first = await loop.run('setup', 'apply');
    assert.equal(first.code, 0, first.stderr);
    const second = await loop.run('setup', 'apply');
    assert.match(second.stdout, /\nNo change\.\r?\n$/);
    const doctor = await loop.run('doctor');
    assert.equal(doctor.code, 0, doctor.stdout);
    assert.ok(!/missing|wrong|unknown/.test(doctor.stdout), doctor.stdout);
  });

  it('finds the calls of a pipeline by hand, in cmd and in PowerShell, and names its run id', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const call = (id: string) =>
      `curl -X PATCH "https://api.getport.io/v1/actions/runs/${id}" -H "Authorization: Bearer %TOKEN%" -d "{\\"status\\":\\"SUCCESS\\"}"`;
    const shell = `Invoke-RestMethod -Method Patch -Uri "https://api.getport.io/v1/actions/runs/$env:RUN_ID" -Body '{"status":"SUCCESS"}'`;
    const steps = [`script: |\r\n    ${call('%RUN_ID%')}`, `pwsh: |\r\n    ${shell}`];
    const yaml = (step: string) => `pool: { vmImage: windows-latest }\r\nsteps:\r\n- ${step}\r\n`;
    const encodings: readonly ((text: string) => Buffer)[] = [utf16, withMark, (text) => Buffer.from(text)];
    for (const [encode, step] of encodings.flatMap((each) => steps.map((one) => [each, one] as const))) {
      writeFileSync(join(loop.folder, 'hand.yml'), encode(yaml(step)));
      const { stdout, stderr } = await runCommand(['migrate-check', '.\\hand.yml'], {}, loop.folder);
      assert.match(stdout, /runId: \$\(RUN_ID\)/, stderr);
    }
  });
});
