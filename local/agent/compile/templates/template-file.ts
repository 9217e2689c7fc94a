import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { decodeText } from '../../../../tasks/common/text/decode.ts';
import { PipelineError } from '../../errors.ts';
import type { Repositories, SourceRepository } from './repositories.ts';

/** A YAML file of a repository. */
export interface TemplateFile {
  readonly repository: SourceRepository;
  /** From the repository's root: `/templates/deploy.yml`. */
  readonly path: string;
}

/** How messages call a file: `templates/deploy.yml`, with its repository behind it where that is another. */
export const nameOf = ({ path, repository: { alias } }: TemplateFile): string =>
  path.slice(1) + (alias === undefined ? '' : `@${alias}`);

export const isSameFile = (a: TemplateFile, b: TemplateFile): boolean =>
  a.path === b.path && a.repository.directory === b.repository.directory;

/**
 * The file that a reference in another file names: `path`, from the file's own folder or, with `/`, from the root, or
 * `path@repository`. Throws `PipelineError`.
 */
export function findFile(reference: string, from: TemplateFile, repositories: Repositories): TemplateFile {
  const [path = '', ...rest] = reference.replaceAll('\\', '/').split('@');
  const repository = rest.length === 0 ? from.repository : aliased(rest.join('@'), from, repositories);
  const isHere = repository.directory === from.repository.directory;
  const folder = isHere ? posix.dirname(from.path) : '';
  const whole = path.startsWith('/') ? path : `${folder}/${path}`;
  // The service prints what it joined, not what comes of it.
  if (posix.normalize(`.${whole}`).startsWith('..')) fail(from, `The file path ${whole} is invalid`);
  return { repository, path: posix.normalize(whole) };
}

function aliased(alias: string, from: TemplateFile, repositories: Repositories): SourceRepository {
  const isSelf = alias === '' || alias.toLowerCase() === 'self';
  const found = repositories.find((each) =>
    isSelf ? each.alias === undefined : each.alias?.toLowerCase() === alias.toLowerCase(),
  );
  return found ?? fail(from, `No repository found by name ${alias}`);
}

/** Paths are compared with their case, as Git does, on every machine. Throws `PipelineError`. */
export function readTemplate(file: TemplateFile, from: TemplateFile): string {
  const { repository, path } = file;
  const parts = path.split('/').slice(1);
  const whole = join(repository.directory, ...parts);
  const isThere = parts.every((part, index) =>
    namesIn(join(repository.directory, ...parts.slice(0, index))).includes(part),
  );
  if (isThere && statSync(whole).isFile()) return decodeText(readFileSync(whole));
  const { url, ref, version } = repository;
  return fail(from, `File ${path} not found in repository ${url} branch ${ref} version ${version}.`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function fail(file: TemplateFile, message: string): never {
  throw new PipelineError(`${nameOf(file)}: ${message}`);
}
