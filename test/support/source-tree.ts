import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { root } from '../../scripts/manifests.ts';

const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as { include: string[] };

/**
 * Every TypeScript file of the repository with the files of the repository that it imports, for their types alone too.
 * Paths are relative to the repository, with slashes.
 */
export const sourceTree: ReadonlyMap<string, readonly string[]> = new Map(
  include.flatMap(filesBelow).map((file) => [file, importsOf(file)]),
);

/** The files, and every file that one of them needs. */
export function reachableFrom(files: readonly string[]): readonly string[] {
  const found = new Set(files);
  for (const file of found) for (const imported of sourceTree.get(file) ?? []) found.add(imported);
  return [...found].sort();
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.ts') && !file.includes('/node_modules/'))
    .sort();
}

function importsOf(file: string): readonly string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => posix.join(posix.dirname(file), fileName));
}
