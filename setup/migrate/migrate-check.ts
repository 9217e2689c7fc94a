import type { Command } from 'commander';
import pc from 'picocolors';
import { readInputFile } from '../input-file.ts';
import { type Output, createOutput, shown, table } from '../output.ts';
import { callsOf } from './port-calls.ts';
import { replacementFor } from './replacement.ts';
import { type Pipeline, mistakesIn } from './rules.ts';
import { readScripts } from './scripts.ts';

const names = {
  token: 'fetches a token',
  updateRun: 'updates a run',
  log: 'sends a log line',
  writeEntity: 'writes an entity',
  other: 'calls Port',
} as const;

function tell(output: Output, file: string, pipeline: Pipeline): void {
  const mistakes = mistakesIn(pipeline);
  const replacement = replacementFor(pipeline);
  output.json({
    file,
    calls: pipeline.calls.map(({ kind, line, route }) => ({ kind, line, route })),
    mistakes,
    replacement,
  });
  if (pipeline.calls.length === 0) {
    output.line(`${file}: no hand-written call to Port.`);
    return;
  }
  output.line(pc.bold('Hand-written calls to Port'));
  for (const line of table(pipeline.calls.map(({ kind, line }) => [`${file}:${line}`, names[kind]])))
    output.line(`  ${line}`);
  if (mistakes.length > 0) output.line(pc.bold('Mistakes'));
  for (const { line, rule, message } of mistakes)
    output.line(`  ${file}:${line}  ${pc.red(rule)}  ${shown(message)}`);
  if (replacement === '') return;
  output.line(
    pc.bold('These steps replace them') +
      ' (the first at the top of the job; "port" is a service connection of type Port)',
  );
  output.line(replacement.trimEnd());
}

/** @throws SetupError for a file that is not there, or is no YAML */
async function migrateCheck(file: string, output: Output): Promise<void> {
  const scripts = readScripts(await readInputFile(file), file);
  const pipeline = { scripts, calls: scripts.flatMap(callsOf) };
  tell(output, file, pipeline);
  if (mistakesIn(pipeline).length > 0) process.exitCode = 1;
}

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate-check')
    .description(
      'find hand-written calls to Port in a pipeline, the known mistakes in them, and the steps that replace them',
    )
    .argument('<file>', "the pipeline's YAML file")
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nReads the file and nothing else. Exit code: 0 no mistake, 1 mistakes.')
    .action((file: string, { json }: { json?: boolean }) => migrateCheck(file, createOutput(json === true)));
}
