import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packagedExtension } from '../local/packaged-extension.ts';

/** For one built task, and for the whole extension, in bytes. */
export const limits = { task: 390 * 1024, extension: 1000 * 1024 } as const;

const tasks = join(import.meta.dirname, '..', 'build', 'tasks');

/** Bytes of every built task, all of its files together. */
export function taskSizes(): Readonly<Record<string, number>> {
  return Object.fromEntries(readdirSync(tasks).map((name) => [name, folderSize(join(tasks, name))]));
}

/** Bytes of the .vsix; undefined where it has not been packaged. */
export function extensionSize(): number | undefined {
  return statSync(packagedExtension(), { throwIfNoEntry: false })?.size;
}

function folderSize(folder: string): number {
  return readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}
