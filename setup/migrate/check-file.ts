import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { leaves } from '../../tasks/common/inputs/guarded-file.ts';
import { decodeText } from '../../tasks/common/text/decode.ts';
import { colors as pc } from '../colors.ts';
import { readInputFile } from '../input-file.ts';
import { type Output, shown, table } from '../output.ts';
import { type Analysis, analyse } from './analysis.ts';
import { callKinds } from './calls.ts';
import type { ReadFile } from './read/scripts.ts';
import { changed } from './write/apply.ts';
import { diffOf } from './write/diff.ts';

function tellCalls(output: Output, name: string, { calls, file }: Analysis): void {
  if (calls.length === 0) {
    output.line(
      `${name}: no hand-written call to Port${file.unread.length === 0 ? '' : ' in what was read'}.`,
    );
    return;
  }
  output.line(pc.bold('Hand-written calls to Port'));
  for (const line of table(calls.map(({ kind, line }) => [`${name}:${line}`, callKinds[kind]])))
    output.line(`  ${line}`);
}

function tell(output: Output, file: string, analysis: Analysis): void {
  const { mistakes, plan, remarks, replacement } = analysis;
  tellCalls(output, file, analysis);
  if (mistakes.length > 0) output.line(pc.bold('Mistakes'));
  for (const { line, rule, message } of mistakes)
    output.line(`  ${file}:${line}  ${pc.red(rule)}  ${shown(message)}`);
  if (replacement !== '') {
    const top = plan.jobs.some(({ top: steps }) => steps.length > 0)
      ? 'the first at the top of the job; '
      : '';
    output.line(pc.bold('These steps replace them') + ` (${top}"port" is a service connection of type Port)`);
    output.line(replacement.trimEnd());
  }
  if (remarks.length > 0) output.line(pc.bold('For you to see to'));
  for (const remark of remarks) output.line(`  ${shown(remark)}`);
}

/** Reads files of the repository that the pipeline's file is in; nothing outside of it. */
function repositoryOf(file: string): ReadFile {
  let folder = dirname(resolve(file));
  while (!existsSync(join(folder, '.git')) && dirname(folder) !== folder) folder = dirname(folder);
  const root = existsSync(join(folder, '.git')) ? folder : dirname(resolve(file));
  return (path) => {
    const found = [root, dirname(resolve(file))]
      .map((each) => resolve(each, path.replaceAll('\\', '/')))
      .find((each) => existsSync(each));
    if (found === undefined || leaves(root, found)) return undefined;
    return decodeText(readFileSync(found));
  };
}

/** Lines end as in most of the file: what is put in between does so, too. */
function withLineFeeds(written: string): { text: string; inItsLines: (text: string) => string } {
  const text = written.replaceAll('\r\n', '\n');
  const isWindows = (written.length - text.length) * 2 > text.split('\n').length - 1;
  return { text, inItsLines: (changed) => (isWindows ? changed.replaceAll('\n', '\r\n') : changed) };
}

export interface Options {
  readonly json?: boolean;
  readonly write?: boolean;
}

/** @throws UsageError for a file that is not there, or is no YAML */
export async function migrateCheck(file: string, options: Options, output: Output): Promise<void> {
  const { text, inItsLines } = withLineFeeds(await readInputFile(file));
  const readFile = repositoryOf(file);
  const analysis = await analyse(text, file, readFile);
  const change = analysis.calls.length === 0 ? { obstacles: [] } : changed(text, analysis);
  const { calls, mistakes, remarks, replacement } = analysis;
  output.json({
    file,
    calls: calls.map(({ kind, line, method, route }) => ({ kind, line, method, route })),
    mistakes,
    replacement,
    remarks,
    ...('text' in change ? { pipeline: inItsLines(change.text) } : { obstacles: change.obstacles }),
  });
  tell(output, file, analysis);
  const rest =
    options.write === true && 'text' in change
      ? await write(output, { file, text, change: change.text, readFile, inItsLines })
      : analysis;
  if (options.write === true && 'obstacles' in change) tellObstacles(output, file, change.obstacles);
  if (rest.calls.length > 0 || rest.mistakes.length > 0) process.exitCode = 1;
}

interface Written {
  readonly file: string;
  readonly text: string;
  readonly change: string;
  readonly readFile: ReadFile;
  readonly inItsLines: (text: string) => string;
}

/** Shows what changes, and changes it; what is still to be said of the file then. */
async function write(
  output: Output,
  { file, text, change, readFile, inItsLines }: Written,
): Promise<Analysis> {
  output.line(pc.bold(`${file} is changed`));
  for (const line of diffOf(text, change))
    output.line(`  ${line.startsWith('-') ? pc.red(line) : line.startsWith('+') ? pc.green(line) : line}`);
  await writeFile(file, inItsLines(change));
  return analyse(change, file, readFile);
}

function tellObstacles(output: Output, file: string, obstacles: readonly string[]): void {
  if (obstacles.length === 0) return;
  output.line(pc.bold(`${file} is left as it is, for it cannot be changed whole`));
  for (const obstacle of obstacles) output.line(`  ${shown(obstacle)}`);
}
