import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLeftOut } from './bundle/left-out.ts';
import { bundleTask, entryFile } from './bundle/task-bundle.ts';
import { root } from './manifests.ts';
import { noticesOf } from './notices.ts';

export interface TaskFolder {
  readonly name: string;
  /** The folder that gets the task, self-contained. */
  readonly target: string;
  /** The extension's, which the bundle holds. */
  readonly version: string;
}

/** Builds a task into a folder as the package has it. */
export async function buildTask({ name, target, version }: TaskFolder): Promise<void> {
  const source = join(root, 'tasks', name);
  await mkdir(target, { recursive: true });
  const { entries, metafile } = await bundleTask({ name, target, version });
  for (const entry of entries) await writeFile(join(target, `${entry}.js`), entryFile(entry));
  const manifest: unknown = JSON.parse(await readFile(join(source, 'task.json'), 'utf8'));
  await writeFile(join(target, 'task.json'), JSON.stringify(manifest));
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

/** The digest of the task that these sources and packages make, whatever the versions of task and extension. */
export async function builtDigest(name: string): Promise<string> {
  const target = await mkdtemp(join(tmpdir(), 'task-digest-'));
  try {
    await buildTask({ name, target, version: '0.0.0' });
    return await folderDigest(target);
  } finally {
    await rm(target, { recursive: true });
  }
}

/** SHA-256 of a built task: names and contents of its files, without the version in task.json. */
export async function folderDigest(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).sort()) {
    const file = await readFile(join(folder, name));
    const content = name === 'task.json' ? withoutVersion(file) : file;
    hash.update(`${name} ${content.length} `).update(content);
  }
  return hash.digest('hex');
}

function withoutVersion(manifest: Buffer): string {
  return JSON.stringify({ ...(JSON.parse(manifest.toString()) as object), version: undefined });
}
