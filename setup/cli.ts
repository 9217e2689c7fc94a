import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { version } from '../tasks/common/version.ts';
import type { Environment } from './command-context.ts';
import { messageOf } from './errors.ts';
import { addHooksCommands } from './hooks/define-commands.ts';
import { addMigrateCommand } from './migrate/migrate-check.ts';
import { createOutput } from './output.ts';
import { addLoopCommands } from './provision/define-commands.ts';

const about = `Makes and checks what a self-service action in Port and an Azure pipeline need of each other.

Sign-in to Azure DevOps: AZURE_DEVOPS_EXT_PAT (a personal access token), SYSTEM_ACCESSTOKEN (the job's token), else
Entra ID ("az login", service principal, managed or workload identity).
Sign-in to Port: PORT_CLIENT_ID, PORT_CLIENT_SECRET, and PORT_BASE_URL where it is not https://api.port.io.`;

export function createProgram(environment: Environment): Command {
  const program = new Command('port-azure-pipelines')
    .description(about)
    .version(version)
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride();
  addLoopCommands(program, environment);
  addHooksCommands(program, environment);
  addMigrateCommand(program);
  return program;
}

/** Runs one command and sets the exit code: 0 done, 1 failed, 2 wrong arguments. */
export async function run(argv: readonly string[], environment: Environment = process.env): Promise<void> {
  try {
    await createProgram(environment).parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    process.exitCode = 1;
    console.error(`${pc.red('error')} ${messageOf(error)}`);
    createOutput(argv.includes('--json')).json({ error: messageOf(error) });
  } finally {
    // A connection that a server or proxy leaves hanging keeps no command from ending.
    setTimeout(() => process.exit(), 1000).unref();
  }
}
