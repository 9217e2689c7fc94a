import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { isLeftOut, leaveOut } from './left-out.ts';
import { noticesOf } from './notices.ts';
import { bundleTask, entryFile } from './task-bundle.ts';

/** Builds every task folder into build/tasks/<Name> (self-contained), and the command line into dist/cli. */

const root = join(import.meta.dirname, '..');
const out = join(root, 'build', 'tasks');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };

await rm(join(root, 'build'), { recursive: true, force: true });
const names = (await readdir(join(root, 'tasks'))).filter((name) =>
  existsSync(join(root, 'tasks', name, 'task.json')),
);
await Promise.all(names.map(buildTask));
if (existsSync(join(root, 'setup', 'main.ts'))) await buildCommandLine();

async function buildTask(name: string): Promise<void> {
  const source = join(root, 'tasks', name);
  const target = join(out, name);
  await mkdir(target, { recursive: true });
  const { entries, metafile } = await bundleTask({ name, target, version, plugins: [leaveOut()] });
  for (const entry of entries) await writeFile(join(target, `${entry}.js`), entryFile(entry));
  await cp(join(source, 'task.json'), join(target, 'task.json'));
  for (const icon of ['icon.png', 'icon.svg']) {
    if (existsSync(join(source, icon))) await cp(join(source, icon), join(target, icon));
  }
  await writeFile(join(target, 'package.json'), '{"type":"commonjs"}\n');
  await writeFile(
    join(target, 'THIRD-PARTY-NOTICES.txt'),
    await noticesOf(
      root,
      Object.keys(metafile.inputs).filter((input) => !isLeftOut(input)),
    ),
  );
}

async function buildCommandLine(): Promise<void> {
  await build({
    entryPoints: { 'port-azure-pipelines': join(root, 'setup', 'main.ts') },
    outdir: join(root, 'dist', 'cli'),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    banner: { js: '#!/usr/bin/env node' },
    define: { EXTENSION_VERSION: JSON.stringify(version) },
    logLevel: 'warning',
  });
  // npm makes it executable only when it links it for the first time.
  await chmod(join(root, 'dist', 'cli', 'port-azure-pipelines.cjs'), 0o755);
}
