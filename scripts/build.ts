import { existsSync } from 'node:fs';
import { chmod, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildTask } from './task-folder.ts';

/** Builds every task folder into build/tasks/<Name> (self-contained), and the command line into dist/cli. */

const root = join(import.meta.dirname, '..');
const out = join(root, 'build', 'tasks');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };

await rm(join(root, 'build'), { recursive: true, force: true });
const names = (await readdir(join(root, 'tasks'))).filter((name) =>
  existsSync(join(root, 'tasks', name, 'task.json')),
);
await Promise.all(names.map((name) => buildTask({ name, target: join(out, name), version })));
if (existsSync(join(root, 'setup', 'main.ts'))) await buildCommandLine();

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
