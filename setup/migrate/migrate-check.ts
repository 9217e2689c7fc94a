import type { Command } from 'commander';
import { createOutput } from '../output.ts';
import type { Options } from './check-file.ts';

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate-check')
    .description(
      'find hand-written calls to Port in a pipeline, the known mistakes in them, and the steps that replace them',
    )
    .argument('<file>', "the pipeline's YAML file")
    .option('--write', 'put the steps into the file, after showing what changes')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nReads the file, and the scripts of its repository that its steps run.\nExit code: 0 nothing to do, 1 calls or mistakes found.',
    )
    .action(async (file: string, options: Options) => {
      const { migrateCheck } = await import('./check-file.ts');
      await migrateCheck(file, options, createOutput(options.json === true));
    });
}
