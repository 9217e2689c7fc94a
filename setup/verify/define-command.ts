import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Environment } from '../command-context.ts';
import { createOutput } from '../output.ts';
import { withLoopFile } from '../shared-options.ts';
import type { VerifyFlags } from './verify.ts';

function idsOf(text: string): string[] {
  const ids = text.split(',').map((id) => id.trim());
  if (ids.includes('')) throw new InvalidArgumentError('Give ids with commas between them.');
  return ids;
}

type Flags = Omit<VerifyFlags, 'pipeline'> & { readonly json?: boolean; readonly pipeline?: string | true };

const about = `
Makes things in Port and Azure DevOps whose names begin with azverify_, and removes them at the end, after an error and on
Ctrl+C. Runs of actions cannot be removed: they stay in Port's audit log, ended. Writes verify-DATE.md, without names and
secrets, which can be attached to an issue.

Exit code: 0 all holds, 1 something differs or is left behind, or it was stopped or could not sign in to Port, 2 usage, 3
something could not be asked, or Port did not answer.`;

/** `verify` */
export function addVerifyCommand(program: Command, environment: Environment): void {
  withLoopFile(
    program.command('verify').description('ask Port and Azure DevOps themselves what documents leave open'),
  )
    .option('--only <ids>', 'these questions alone, with commas between them', idsOf)
    .option('--dry-run', 'show the questions, and what is made to ask them; with --clean, what is there')
    .option('--yes', 'ask nothing beforehand')
    .option('--report <file>', 'where the report goes, in place of verify-DATE.md')
    .option(
      '--pipeline [name]',
      'ask what a run of the probe pipeline shows, instead; without a name, print that pipeline',
    )
    .addOption(
      new Option(
        '--clean',
        'remove what runs that were killed left, and what another one is making, instead',
      ).conflicts(['only', 'pipeline', 'report']),
    )
    .addHelpText('after', about)
    .action(async ({ pipeline, ...flags }: Flags) => {
      const { clean, printPipeline, verify } = await import('./verify.ts');
      const context = { environment, output: createOutput(flags.json === true) };
      if (pipeline === true) return printPipeline(flags, context);
      const given = { ...flags, ...(pipeline !== undefined && { pipeline }) };
      return flags.clean === true ? clean(given, context) : verify(given, context);
    });
}
