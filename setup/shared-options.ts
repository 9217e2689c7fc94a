import { type Command, InvalidArgumentError, Option } from 'commander';

const seconds = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('Give a number of seconds.');
  return value;
};

/** The options of every command that calls Azure DevOps. */
export function withAzure(command: Command): Command {
  return withSignIn(
    command.option(
      '--organization <url>',
      'https://dev.azure.com/NAME, or the URL of a collection on a Server',
    ),
  );
}

/** The same for commands that have the organization from a file. */
export function withSignIn(command: Command): Command {
  return withTimeout(
    command.addOption(
      new Option('--auth <kind>', 'sign-in').choices(['auto', 'pat', 'job', 'entra']).default('auto'),
    ),
  );
}

/** The options of every command that calls anything. */
export function withTimeout(command: Command): Command {
  return command
    .option('--timeout <seconds>', 'for one call', seconds, 30)
    .option('--json', 'print the result as JSON');
}

/** The options of the commands that work on the file of a loop. */
export function withLoopFile(command: Command): Command {
  return withSignIn(command).option('--file <path>', 'what the loop is made of', 'port-azure.yml');
}
