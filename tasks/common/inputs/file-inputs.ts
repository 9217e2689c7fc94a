import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { Host } from '../agent/host.ts';
import { readPipelineContext } from '../agent/pipeline-context.ts';
import { isUnresolved, oneLine } from '../text/plain-text.ts';
import type { InputReader } from './input-reader.ts';

/** The files that an input's path or glob names; a relative one must stay inside the sources directory. */
export function inputFiles(reader: InputReader, host: Host, name: string): readonly string[] {
  const pattern = reader.text(name);
  if (pattern === undefined || !isUsable(reader, host, name)) return [];
  const root = rootOf(host);
  const files = host
    .findFiles(root, pattern)
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
  if (files.length === 0) {
    const where = isAbsolute(pattern) ? '' : ` in ${root}`;
    reader.problem(`Input ${name} names no file: nothing matches "${oneLine(pattern, 200)}"${where}.`);
  }
  const outside = isAbsolute(pattern)
    ? []
    : files.filter((file) => leaves(realpathSync(root), realpathSync(file)));
  for (const file of outside) reader.problem(outsideProblem(name, file, root));
  return files;
}

/** The absolute path of a file to write; undefined where the input is empty. */
export function outputFile(reader: InputReader, host: Host, name: string): string | undefined {
  const path = reader.text(name);
  return path === undefined || !isUsable(reader, host, name) ? undefined : resolve(rootOf(host), path);
}

/** A file's name for people: relative to the sources directory where it is in there. */
export function shownPath(host: Host, file: string): string {
  const path = relative(rootOf(host), file);
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
  const root = rootOf(host);
  if (isAbsolute(path) || !leaves(root, join(root, path))) return true;
  reader.problem(outsideProblem(name, path, root));
  return false;
}

function outsideProblem(name: string, path: string, root: string): string {
  return `Input ${name}: "${oneLine(path, 200)}" is outside the sources directory ${root}. Give an absolute path where that is meant.`;
}

function leaves(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '..' || /^\.\.[\\/]/.test(way) || isAbsolute(way);
}

function rootOf(host: Host): string {
  return readPipelineContext(host).sourcesDirectory ?? process.cwd();
}
