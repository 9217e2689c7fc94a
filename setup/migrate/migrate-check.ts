import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { decodeText } from '../../tasks/common/text/decode.ts';
import { readInputFile } from '../input-file.ts';
import { type Output, createOutput, shown, table } from '../output.ts';
import { type Analysis, analyse } from './analysis.ts';
import { callKinds } from './calls.ts';

function tellCalls(output: Output, file: string, { calls }: Analysis): void {
  if (calls.length === 0) {
    output.line(`${file}: no hand-written call to Port.`);
    return;
  }
  output.line(pc.bold('Hand-written calls to Port'));
  for (const line of table(calls.map(({ kind, line }) => [`${file}:${line}`, callKinds[kind]]))) output.line(`  ${line}`);
}

function tell(output: Output, file: string, analysis: Analysis): void {
  const { calls, mistakes, remarks, replacement } = analysis;
  tellCalls(output, file, analysis);
  if (mistakes.length > 0) output.line(pc.bold('Mistakes'));
  for (const { line, rule, message } of mistakes) output.line(`  ${file}:${line}  ${pc.red(rule)}  ${shown(message)}`);
  if (replacement !== '') {
    const top = calls.some(({ kind }) => kind === 'updateRun' || kind === 'log') ? 'the first at the top of the job; ' : '';
    output.line(pc.bold('These steps replace them') + ` (${top}"port" is a service connection of type Port)`);
    output.line(replacement.trimEnd());
  }
  if (remarks.length > 0) output.line(pc.bold('For you to see to'));
  for (const remark of remarks) output.line(`  ${shown(remark)}`);
}

/** Reads files of the repository that the pipeline's file is in; nothing outside of it. */
function repositoryOf(file: string): (path: string) => string | undefined {
  let folder = dirname(resolve(file));
  while (!existsSync(join(folder, '.git')) && dirname(folder) !== folder) folder = dirname(folder);
  const root = existsSync(join(folder, '.git')) ? folder : dirname(resolve(file));
  return (path) => {
    const found = [root, dirname(resolve(file))].map((each) => resolve(each, path.replaceAll('\\', '/'))).find((each) => existsSync(each));
    if (found === undefined || relative(root, found).startsWith('..')) return undefined;
    return decodeText(readFileSync(found));
  };
}

/** @throws UsageError for a file that is not there, or is no YAML */
async function migrateCheck(file: string, output: Output): Promise<void> {
  const text = await readInputFile(file);
  const analysis = await analyse(text, file, repositoryOf(file));
  const { calls, mistakes, remarks, replacement } = analysis;
  output.json({
    file,
    calls: calls.map(({ kind, line, method, route }) => ({ kind, line, method, route })),
    mistakes,
    replacement,
    remarks,
  });
  tell(output, file, analysis);
  if (calls.length > 0 || mistakes.length > 0) process.exitCode = 1;
}

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate-check')
    .description(
      'find hand-written calls to Port in a pipeline, the known mistakes in them, and the steps that replace them',
    )
    .argument('<file>', "the pipeline's YAML file")
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nReads the file, and the scripts of its repository that its steps run.\nExit code: 0 nothing to do, 1 calls or mistakes found.',
    )
    .action((file: string, { json }: { json?: boolean }) => migrateCheck(file, createOutput(json === true)));
}
