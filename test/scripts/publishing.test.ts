import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/manifests.ts';

const page = readFileSync(join(root, 'docs', 'publishing.md'), 'utf8');
/** As long as tokens of Entra ID get. */
const token = 'e'.repeat(3000);

describe('the command that publishes with a token of Entra ID', function () {
  this.timeout(30_000);

  it('gives it to tfx without an argument, and tfx signs in with it', async () => {
    const seen: string[] = [];
    const marketplace = createServer(({ headers }, response) => {
      seen.push(Buffer.from(headers.authorization?.split(' ')[1] ?? '', 'base64').toString());
      response.writeHead(401).end('{}');
    }).listen(0, '127.0.0.1');
    await once(marketplace, 'listening');
    const home = await mkdtemp(join(tmpdir(), 'publishing-'));
    const [, args] = /\|\n {2}npx tfx (extension publish .*)$/m.exec(page) ?? [];
    assert.ok(args, 'docs/publishing.md pipes a token to tfx');
    const url = `http://127.0.0.1:${(marketplace.address() as AddressInfo).port}/`;
    const tfx = join(root, 'node_modules', 'tfx-cli', '_build', 'tfx-cli.js');
    const child = spawn(process.execPath, [tfx, ...args.split(' '), '--service-url', url], {
      cwd: root,
      env: { ...process.env, HOME: home, USERPROFILE: home },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stdin.end(`${token}\n`);
    await once(child, 'close');
    marketplace.close();
    await rm(home, { recursive: true });
    assert.equal(seen[0], `OAuth:${token}`, output.replaceAll(token, '***'));
    assert.ok(!output.includes(token));
  });

  it('is nowhere one with the token among its arguments', () => {
    for (const text of [page, readFileSync(join(root, 'scripts', 'release.ts'), 'utf8')])
      assert.doesNotMatch(text, /\s--token\b/);
  });
});
