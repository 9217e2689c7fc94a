import { existsSync } from 'node:fs';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleCommandLine } from './command-line/bundle.ts';
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
await bundleCommandLine(root, version);
