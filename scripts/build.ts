import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { grammarFiles } from '../setup/migrate/scripts/grammars.ts';
import { noticesOf } from './notices.ts';
import { buildTask } from './task-folder.ts';

/** Builds every task folder into build/tasks/<Name> (self-contained), and the command line into dist/cli. */

const root = join(import.meta.dirname, '..');
const out = join(root, 'build', 'tasks');
const { version, dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  version: string;
  dependencies: Readonly<Record<string, string>>;
};

await rm(join(root, 'build'), { recursive: true, force: true });
const names = (await readdir(join(root, 'tasks'))).filter((name) =>
  existsSync(join(root, 'tasks', name, 'task.json')),
);
await Promise.all(names.map((name) => buildTask({ name, target: join(out, name), version })));
if (existsSync(join(root, 'setup', 'main.ts'))) await buildCommandLine();

async function buildCommandLine(): Promise<void> {
  const { metafile } = await build({
    entryPoints: { 'port-azure-pipelines': join(root, 'setup', 'main.ts') },
    outdir: join(root, 'dist', 'cli'),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: Object.keys(dependencies),
    absWorkingDir: root,
    metafile: true,
    banner: { js: '#!/usr/bin/env node' },
    define: { EXTENSION_VERSION: JSON.stringify(version), 'import.meta.dirname': '__dirname' },
    logLevel: 'warning',
  });
  await copyGrammars();
  await writeFile(
    join(root, 'dist', 'cli', 'THIRD-PARTY-NOTICES.txt'),
    await noticesOf(root, Object.keys(metafile.inputs), 'command line'),
  );
  // npm makes it executable only when it links it for the first time.
  await chmod(join(root, 'dist', 'cli', 'port-azure-pipelines.cjs'), 0o755);
}

/** The parsers of scripts, which `migrate-check` loads, and nothing else. */
async function copyGrammars(): Promise<void> {
  const [from, to] = [
    join(root, 'node_modules', '@vscode', 'tree-sitter-wasm', 'wasm'),
    join(root, 'dist', 'cli', 'grammars'),
  ];
  await mkdir(to, { recursive: true });
  for (const file of grammarFiles) await copyFile(join(from, file), join(to, file));
}
