import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

describe('The demo on Windows', () => {
  it('shows both runs end as their pipelines did, without Bash', async function () {
    this.timeout(60_000);
    const main = join(import.meta.dirname, '..', '..', 'local', 'demo.ts');
    const env = { ...process.env, NO_COLOR: '1' };
    const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [code] = (await once(child, 'exit')) as [number];
    assert.equal(code, 0, output);
    assert.match(output, /Both runs ended in Port as they did in the pipeline/);
    assert.ok(!output.includes('\u001b'), 'no colours in a pipe');
  });
});
