import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleName } from './bundle.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
}

/** Packs the built command line as an npm package without dependencies. @returns its file in dist */
export async function packCommandLine(root: string): Promise<string> {
  const folder = join(root, 'build', 'npm-package');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(join(root, 'dist', 'cli'), folder, { recursive: true });
  await cp(join(root, 'setup', 'README.md'), join(folder, 'README.md'));
  const { name, version, license, engines } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  ) as Manifest;
  const manifest = {
    ...{ name, version, license, engines },
    description:
      'Makes and checks what a self-service action in Port and an Azure pipeline need of each other',
    bin: { [name]: bundleName },
  };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await npm(['pack', '--pack-destination', join(root, 'dist')], folder);
  return join(root, 'dist', `${name}-${version}.tgz`);
}

/** The npm that runs this script, as npm tells it; otherwise the one of the PATH. */
async function npm(args: readonly string[], cwd: string): Promise<void> {
  const run = promisify(execFile);
  const { npm_execpath: script } = process.env;
  if (script !== undefined) await run(process.execPath, [script, ...args], { cwd });
  else await run('npm', args, { cwd, shell: process.platform === 'win32' });
}
