import type { Command } from 'commander';
import type { Environment } from '../command-context.ts';
import { UsageError } from '../errors.ts';
import { createOutput, shown } from '../output.ts';
import { withTimeout } from '../shared-options.ts';
import type { CloseFlags } from './close-run.ts';

/** `runs …` */
export function addRunsCommands(program: Command, environment: Environment): void {
  const runs = program.command('runs').description("runs of Port's actions and workflows");
  withTimeout(runs.command('close').description('end a run that is stuck'))
    .argument('<id>', 'r_… or wfnr_…, as the address of its page in Port has it')
    .requiredOption('--status <status>', 'SUCCESS or FAILURE', (text) => {
      if (text === 'SUCCESS' || text === 'FAILURE') return text;
      throw new UsageError(`--status is "${shown(text)}". It must be SUCCESS or FAILURE.`);
    })
    .option('--label <text>', 'why, as people see it beside the status')
    .option('--dry-run', 'show what would be done')
    .addHelpText(
      'after',
      '\nSign-in: PORT_CLIENT_ID, PORT_CLIENT_SECRET, and PORT_BASE_URL where it is not https://api.port.io.\nExit code: 0 it is ended as wanted, 1 it had ended otherwise or Port refused, 2 usage, 3 no answer.',
    )
    .action(async (id: string, flags: CloseFlags) => {
      const { close } = await import('./close-run.ts');
      await close(id, flags, { environment, output: createOutput(flags.json === true) });
    });
}
