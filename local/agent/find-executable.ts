import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of a program on PATH, or nothing. */
export function findExecutable(name: string, path = process.env.PATH ?? ''): string | undefined {
  const files = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  const all = path.split(delimiter).flatMap((folder) => files.map((file) => join(folder, file)));
  return all.find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
