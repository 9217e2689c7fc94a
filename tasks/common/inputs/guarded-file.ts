import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Host } from '../agent/host.ts';
import { messageOf } from '../errors.ts';

type Variables = Pick<Host, 'variable'>;

const rootVariables = [
  'Pipeline.Workspace',
  'Build.SourcesDirectory',
  'System.DefaultWorkingDirectory',
  'Agent.TempDirectory',
] as const;

/** Where relative paths of inputs start. */
export function sourcesOf(host: Variables): string {
  return (
    host.variable('Build.SourcesDirectory')?.trim() ||
    host.variable('System.DefaultWorkingDirectory')?.trim() ||
    process.cwd()
  );
}

/** A path without the `\\?\` of Windows' long ones: Node adds it by itself, and globs and Node 20 take it for something else. */
export function plainPath(path: string): string {
  return path.replace(/^\\\\\?\\UNC\\/i, '\\\\').replace(/^\\\\\?\\(?=[a-z]:)/i, '');
}

/**
 * The real path of a file that an input names, or what is wrong with it. A repository may hold links: what a path within the
 * folders of the job leads to has to be within them too. Elsewhere the path is its author's own choice, but no link.
 */
export function checkedFile(host: Variables, path: string): { readonly path: string } | { fault: string } {
  const written = resolve(sourcesOf(host), plainPath(path));
  try {
    const { fault, real } = placeOf(host, written, isAbsolute(path));
    if (fault !== undefined) return { fault };
    // A pipe or device has no end, or none that comes in time.
    return statSync(real).isFile() ? { path: real } : { fault: 'it is not a regular file' };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

type Place =
  | { readonly real: string; readonly fault?: undefined }
  | { readonly fault: string; readonly real?: undefined };

function placeOf(host: Variables, written: string, isAbsolutePath: boolean): Place {
  let real: string;
  try {
    real = realpathSync(written);
  } catch (error) {
    if (lstatSync(written, { throwIfNoEntry: false })?.isSymbolicLink() !== true) throw error;
    return { fault: 'it is a link to what is not there' };
  }
  return isAllowed(host, written, real, isAbsolutePath)
    ? { real }
    : { fault: 'it is, or leads, outside the folders of this job: its sources, workspace and temp folder' };
}

/** What is wrong with the path of a file to write; its folders need not be there yet. */
export function outputFault(host: Variables, path: string): string | undefined {
  const written = resolve(sourcesOf(host), plainPath(path));
  if (process.platform === 'win32' && isNoFileOnWindows(written))
    return 'Windows takes a part of it for a device, or for a stream of another file';
  try {
    let there = written;
    while (lstatSync(there, { throwIfNoEntry: false }) === undefined && dirname(there) !== there) {
      there = dirname(there);
    }
    const { fault, real } = placeOf(host, there, isAbsolute(path));
    if (fault !== undefined) return fault;
    if (there !== written) return undefined;
    const found = statSync(real);
    if (found.isDirectory()) return 'it is a folder; name a file in it';
    return found.isFile() ? undefined : 'it is not a regular file';
  } catch (error) {
    return messageOf(error);
  }
}

const deviceName = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)[ .]*(\.|$)/i;

/** What is written to such a name of Windows is gone, or stands where nobody looks: `nul`, `aux.json`, `r.json:x`. */
export function isNoFileOnWindows(path: string): boolean {
  const names = path
    .replace(/^\\\\[?.]\\/, '')
    .replace(/^[a-z]:/i, '')
    .split(/[\\/]/);
  return names.some((name) => name.includes(':') || deviceName.test(name));
}

/**
 * Opens such a file, and hands its descriptor to the reader. @throws Error that says what is wrong with it.
 */
export function withCheckedFile<T>(host: Variables, path: string, read: (descriptor: number) => T): T {
  const checked = checkedFile(host, path);
  if ('fault' in checked) throw new Error(checked.fault);
  // The names may have changed since; Windows has neither flag.
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;
  const descriptor = openSync(checked.path, (O_RDONLY ?? 0) | O_NONBLOCK | O_NOFOLLOW);
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error('it is not a regular file');
    return read(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Whether a path is not below a folder, by its text alone. */
export function leaves(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '..' || /^\.\.[\\/]/.test(way) || isAbsolute(way);
}

function isAllowed(host: Variables, written: string, real: string, isAbsolutePath: boolean): boolean {
  const roots = rootVariables.map((name) => host.variable(name)?.trim() ?? '').filter((root) => root !== '');
  if (roots.length === 0) roots.push(process.cwd());
  if (roots.some((root) => !leaves(realPathOf(root), real))) return true;
  const isAuthors = isAbsolutePath && roots.every((root) => leaves(resolve(root), written));
  return isAuthors && real === join(realpathSync(dirname(written)), basename(written));
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
