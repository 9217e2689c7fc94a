import { Command, CommanderError } from 'commander';
import { version } from '../tasks/common/version.ts';
import type { Environment } from './command-context.ts';
import { exitCodeOf, messageOf } from './errors.ts';
import { addHooksCommands } from './hooks/define-commands.ts';
import { addMigrateCommand } from './migrate/migrate-check.ts';
import { createOutput } from './output.ts';
import { addLoopCommands } from './provision/define-commands.ts';
import { addRunsCommands } from './runs/define-command.ts';
import { addVerifyCommand } from './verify/define-command.ts';

const about = `Makes and checks what a self-service action in Port and an Azure pipeline need of each other.

Sign-in to Azure DevOps: AZURE_DEVOPS_EXT_PAT (a personal access token), SYSTEM_ACCESSTOKEN (the job's token), else
Entra ID ("az login", service principal, managed or workload identity).
Sign-in to Port: PORT_CLIENT_ID, PORT_CLIENT_SECRET, and PORT_BASE_URL where it is not https://api.port.io.`;

/** The commands with their options. What a command does is loaded when it is run. */
export function createProgram(environment: Environment): Command {
  const program = new Command('port-azure-pipelines')
    .description(about)
    .version(version)
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride();
  addLoopCommands(program, environment);
  addRunsCommands(program, environment);
  addHooksCommands(program, environment);
  addMigrateCommand(program);
  addVerifyCommand(program, environment);
  return program;
}

/** Node's switch to check no certificates, which other tools are given, would hand the credentials to anyone. */
function checkCertificates(): void {
  if (process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return;
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  createOutput(false).progress(
    'NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect here: certificates are checked. For an authority of your own set NODE_EXTRA_CA_CERTS.',
  );
}

/** A reader that has seen enough (`| head`) closes the pipe: the rest goes nowhere, and what was begun goes on to its end. */
function outliveReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Runs one command and sets the exit code: 0 done, otherwise as `exitCodeOf` says. */
export async function run(argv: readonly string[], environment: Environment = process.env): Promise<void> {
  outliveReader();
  // What packages do that Node calls out of date is nothing that the reader could mend.
  process.noDeprecation = true;
  try {
    checkCertificates();
    await createProgram(environment).parseAsync([...argv]);
  } catch (error) {
    // terraform's rule: 2 is a plan with changes there, and every failure 1.
    const isDetailed = argv.includes('--detailed-exitcode');
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : isDetailed ? 1 : 2;
      // It has told people already. What is no error of usage, such as --help, has told all.
      const [, usage] = /^error: ([^]*)/.exec(error.message) ?? [];
      if (usage !== undefined) createOutput(argv.includes('--json')).json({ error: usage });
      return;
    }
    process.exitCode = isDetailed ? 1 : exitCodeOf(error);
    createOutput(argv.includes('--json')).error(messageOf(error));
  } finally {
    // A connection that a server or proxy leaves hanging keeps no command from ending.
    setTimeout(() => process.exit(), 1000).unref();
  }
}
