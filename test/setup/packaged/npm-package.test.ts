import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { agentNodes } from '../../../local/agent/nodes.ts';
import { closeAll, start } from '../../local/azure-devops/fixture.ts';
import { npmOptions } from '../../support/where.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const run = promisify(execFile);

describe('the npm package of the command line', function () {
  this.timeout(60_000);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const file = join(root, 'dist', `port-azure-pipelines-${version}.tgz`);
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'npm-package-'));
    // An empty cache and no registry: what it needs is inside, or the installation fails.
    const offline = { ...process.env, npm_config_cache: join(folder, 'cache'), npm_config_offline: 'true' };
    await writeFile(join(folder, 'package.json'), '{"private": true}');
    await run('npm', ['install', '--no-audit', '--no-fund', file], {
      cwd: folder,
      env: offline,
      ...npmOptions,
    });
  });
  after(() => rm(folder, { recursive: true }));
  afterEach(closeAll);

  const installed = (...path: string[]) => join(folder, 'node_modules', 'port-azure-pipelines', ...path);

  it('is a program with its parts, its notices, its schema and a README, and depends on nothing', async () => {
    assert.deepEqual((await readdir(installed())).sort(), [
      'LICENSE',
      'README.md',
      'ThirdPartyNotices.txt',
      'package.json',
      'parts',
      'port-azure-pipelines.mjs',
      'port-azure.schema.json',
    ]);
    const manifest = JSON.parse(await readFile(installed('package.json'), 'utf8')) as Record<string, unknown>;
    assert.equal(manifest.dependencies, undefined);
    assert.deepEqual(manifest.engines, { node: '>=20.19' });
    assert.ok((await stat(file)).size < 3 * 1024 * 1024);
    const notices = await readFile(installed('ThirdPartyNotices.txt'), 'utf8');
    for (const name of [
      'commander',
      '@azure/identity',
      '@azure/msal-node',
      'azure-devops-node-api',
      'undici',
      'yaml',
      'leven',
      '@vscode/tree-sitter-wasm',
      'tree-sitter-powershell',
    ])
      assert.match(notices, new RegExp(`^${name} (\\d|\\(MIT\\))`, 'm'));
  });

  it('runs by npx out of the file, in an empty folder without a network', async () => {
    const env = { ...process.env, npm_config_cache: join(folder, 'other-cache'), npm_config_offline: 'true' };
    const empty = await mkdtemp(join(tmpdir(), 'empty-'));
    await copyFile(file, join(empty, basename(file)));
    const { stdout } = await run('npx', ['--yes', `./${basename(file)}`, '--version'], {
      cwd: empty,
      env,
      ...npmOptions,
    });
    assert.equal(stdout.trim(), version);
    await rm(empty, { recursive: true });
  });

  for (const [name, node] of Object.entries(agentNodes)) {
    const command = (...args: string[]) =>
      run(node, [installed('port-azure-pipelines.mjs'), ...args], {
        cwd: folder,
        env: {
          PATH: process.env.PATH,
          AZURE_DEVOPS_EXT_PAT: 'pat',
          PORT_CLIENT_ID: 'id',
          PORT_CLIENT_SECRET: 'secret',
        },
      });

    it(`signs in to Azure DevOps and finds its projects on ${name}`, async () => {
      const ado = await start();
      const { stdout, stderr } = await command(
        'hooks',
        'list',
        '--project',
        ado.project.name,
        '--organization',
        ado.organizationUrl,
      );
      assert.match(stdout, /no subscription/i);
      assert.equal(stderr, '');
    });

    it(`reads YAML, its schema and what Port refuses on ${name}`, async () => {
      await writeFile(
        join(folder, 'port-azure.yml'),
        'organization: o\nproject: p\npipelin: x\nwebhook: {name: w}\n',
      );
      await assert.rejects(command('setup', 'plan'), /Did you mean pipeline\?/);
      const text =
        'organization: http://localhost:1/o\nproject: p\npipeline: x\nwebhook: {name: w}\nport: {url: "http://127.0.0.1:1"}\n';
      await writeFile(join(folder, 'port-azure.yml'), text);
      await assert.rejects(
        command('runs', 'close', 'r_abc', '--status', 'FAILURE', '--timeout', '1'),
        /error/,
      );
      await assert.rejects(command('doctor', '--timeout', '1'), ({ stdout }: { stdout: string }) =>
        /sign-in to Port\n.*127\.0\.0\.1/.test(stdout),
      );
    });

    it(`asks Entra ID where there is no token on ${name}`, async () => {
      const args = [
        installed('port-azure-pipelines.mjs'),
        'hooks',
        'list',
        '--auth',
        'entra',
        '--organization',
        'my-org',
      ];
      await assert.rejects(run(node, args, { env: { PATH: '' } }), /Entra|az login/);
    });
  }

  for (const [name, node] of Object.entries(agentNodes)) {
    it(`reads scripts with the parsers beside it on ${name}`, async () => {
      const pipeline = join(folder, 'azure-pipelines.yml');
      const url = 'https://api.port.io/v1/blueprints/service/entities';
      await writeFile(
        pipeline,
        `steps:\n  - bash: curl -f ${url} -d '{"identifier":"'"$BUILD_BUILDID"'"}'\n`,
      );
      const args = [installed('port-azure-pipelines.mjs'), 'migrate-check', pipeline, '--write', '--json'];
      const { stdout, stderr } = await run(node, args, { env: { PATH: '' } });
      assert.match(stdout, /identifier: \$\(Build\.BuildId\)/);
      assert.equal(stderr, '');
    });
  }

  it('shows its help in at most 2.2 times the time of Node itself', () => {
    const node = agentNodes['Node 24'];
    const timeOf = (args: readonly string[]): number => {
      const begin = performance.now();
      execFileSync(node, args, { stdio: 'ignore' });
      return performance.now() - begin;
    };
    const [own, whole]: [number[], number[]] = [[], []];
    for (let time = 0; time < 15; time++) {
      own.push(timeOf(['-e', '0']));
      whole.push(timeOf([installed('port-azure-pipelines.mjs'), '--help']));
    }
    const ratio = Math.min(...whole) / Math.min(...own);
    assert.ok(ratio <= 2.2, `${ratio.toFixed(2)} times`);
  });
});
