import { lstatSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { FindFiles, Host } from '../agent/host.ts';
import { messageOf } from '../errors.ts';
import { isUnresolved, oneLine } from '../text/plain-text.ts';
import { checkedFile, leaves, outputFault, plainPath, sourcesOf } from './guarded-file.ts';
import type { InputReader } from './input-reader.ts';

/**
 * The files that an input's path or glob names: regular ones, within the folders of the job where the path is relative, or a
 * link is on the way.
 */
export function inputFiles(
  reader: InputReader,
  { host, findFiles }: { host: Host; findFiles: FindFiles },
  name: string,
): readonly string[] {
  const text = reader.text(name);
  if (text === undefined || !isUsable(reader, host, name)) return [];
  const pattern = plainPath(text);
  const root = sourcesOf(host);
  const found = namedOrFound(root, pattern, findFiles);
  if (typeof found === 'string') {
    reader.problem(`Input ${name}: "${oneLine(pattern, 200)}" cannot be searched (${found}).`);
    return [];
  }
  const files = found.filter((file) => statSync(file, { throwIfNoEntry: false })?.isDirectory() !== true);
  if (files.length === 0) {
    const where = isAbsolute(pattern) ? '' : ` in ${root}`;
    reader.problem(`Input ${name} names no file: nothing matches "${oneLine(pattern, 200)}"${where}.`);
  }
  return files.filter((file) => {
    const written = isAbsolute(pattern) ? file : relative(root, file);
    const checked = checkedFile(host, written);
    if (!('fault' in checked)) return true;
    reader.problem(`Input ${name}: "${oneLine(shownPath(host, file), 200)}" is not read: ${checked.fault}.`);
    return false;
  });
}

/** Brackets are a name where a file has it, and else a part of a glob. @returns why it cannot be searched, where that is so. */
function namedOrFound(root: string, pattern: string, findFiles: FindFiles): readonly string[] | string {
  const path = resolve(root, pattern);
  if (isThere(path)) return [path];
  // The folder of the sources itself is never a glob.
  const isBelow = pattern.startsWith(`${root}/`) || pattern.startsWith(`${root}${sep}`);
  try {
    // A glob that begins with ./ matches nothing.
    const glob = (isBelow ? pattern.slice(root.length + 1) : pattern).replace(/^(?:\.[\\/]+)+/, '');
    return findFiles(root, glob);
  } catch (error) {
    return messageOf(error);
  }
}

/** A text that can be no path, for its length or a sign in it, is not there. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** The absolute path of a file to write; undefined where the input is empty. */
export function outputFile(reader: InputReader, host: Host, name: string): string | undefined {
  const path = reader.text(name);
  if (path === undefined || !isUsable(reader, host, name)) return undefined;
  const fault = outputFault(host, path);
  if (fault !== undefined) {
    reader.problem(`Input ${name}: "${oneLine(path, 200)}" cannot be written: ${fault}.`);
  }
  return resolve(sourcesOf(host), plainPath(path));
}

/** A file's name for people: relative to the sources directory where it is in there. */
export function shownPath(host: Host, file: string): string {
  const path = relative(sourcesOf(host), file);
  return path.startsWith('..') || isAbsolute(path) ? file : path.replaceAll('\\', '/');
}

function isUsable(reader: InputReader, host: Host, name: string): boolean {
  const path = reader.text(name) ?? '';
  if (isUnresolved(path)) {
    reader.problem(
      `Input ${name} is "${oneLine(path, 100)}", which nothing replaced: is the variable defined?`,
    );
    return false;
  }
  const root = sourcesOf(host);
  if (isAbsolute(path) || !leaves(root, join(root, path))) return true;
  reader.problem(outsideProblem(name, path, root));
  return false;
}

function outsideProblem(name: string, path: string, root: string): string {
  return `Input ${name}: "${oneLine(path, 200)}" is outside the sources directory ${root}. Give an absolute path where that is meant.`;
}
