import type { Command } from 'commander';
import type { CommandContext, Environment } from '../command-context.ts';
import { createOutput } from '../output.ts';
import { withAzure } from '../shared-options.ts';
import type { HookFlags } from './flags.ts';
import type { TestFlags } from './test-hook.ts';

const examples = `
Examples:
  Tell a web service of every failed build of one pipeline:
    port-azure-pipelines hooks create --organization https://dev.azure.com/NAME --project NAME \\
      --event build.complete --filter buildStatus=Failed --filter definitionName=WebSite.CI \\
      --consumer webHooks/httpRequest --input url=https://myservice/event --resource-version 1.0
  Put pushes into a Service Bus queue; the secret stays in an environment variable:
    port-azure-pipelines hooks create --organization https://dev.azure.com/NAME --project NAME --event git.push \\
      --consumer azureServiceBus/serviceBusQueueSend --input queueName=pushes \\
      --input-env connectionString=SERVICE_BUS_CONNECTION
  See what there is to subscribe to, and the filters of one event:
    port-azure-pipelines hooks events
    port-azure-pipelines hooks events build.complete`;

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

function withRequest(command: Command): Command {
  return withAzure(command)
    .option('--project <name>', 'only events of this project')
    .option('--publisher <id>', 'who publishes the event; found by the event where not given')
    .option('--filter <name=value>', 'only events like this; may be repeated', collect)
    .option('--input <name=value>', 'an input of the consumer; may be repeated', collect)
    .option('--input-env <name=VARIABLE>', 'an input that an environment variable holds', collect)
    .option('--resource-version <version>', 'shape of the event; the newest where not given')
    .option('--allow-http', 'allow http:// to a receiver on this machine')
    .option('--minimal', 'send only the inputs that are given: the event then has little in it');
}

/** `hooks …`: subscriptions to events of Azure DevOps. */
export function addHooksCommands(program: Command, environment: Environment): void {
  const hooks = program
    .command('hooks')
    .description('service hook subscriptions: what Azure DevOps tells other systems')
    .addHelpText('after', examples);
  const contextOf = (flags: { json?: boolean }): CommandContext => ({
    environment,
    output: createOutput(flags.json === true),
  });

  withRequest(
    hooks
      .command('create')
      .description('make a subscription, unless it exists; repair it where it does not work'),
  )
    .requiredOption('--event <id>', 'such as build.complete; see "hooks events"')
    .requiredOption('--consumer <id>', 'such as webHooks/httpRequest; see "hooks events --consumers"')
    .option('--rewrite', 'send all inputs again: secret ones cannot be compared')
    .option('--new', 'make it even where one like it exists, for a receiver whose address is secret')
    .option('--dry-run', 'show what would be done')
    .action(async (flags: HookFlags & { json?: boolean }) => {
      const { createHook } = await import('./create-hook.ts');
      await createHook(flags, contextOf(flags));
    });
  withRequest(
    hooks.command('test').description('send a test notification and show what the receiver answers'),
  )
    .option('--subscription <id>', 'test this one, instead of one that is described by the other options')
    .option('--event <id>', 'such as build.complete')
    .option('--consumer <id>', 'such as webHooks/httpRequest')
    .action(async (flags: TestFlags & { json?: boolean }) => {
      const { testHook } = await import('./test-hook.ts');
      await testHook(flags, contextOf(flags));
    });
  withAzure(hooks.command('list').description('show subscriptions; Azure DevOps does the filtering'))
    .option('--project <name>', 'of this project')
    .option('--publisher <id>', 'such as tfs or pipelines')
    .option('--event <id>', 'such as build.complete')
    .option('--consumer <id>', 'such as webHooks/httpRequest')
    .action(async (flags: HookFlags & { json?: boolean }) => {
      const { listHooks } = await import('./list-hooks.ts');
      await listHooks(flags, contextOf(flags));
    });
  withAzure(hooks.command('delete').description('delete subscriptions').argument('<id...>'))
    .option('--dry-run', 'show what would be deleted')
    .action(async (ids: string[], flags: HookFlags & { json?: boolean }) => {
      const { deleteHooks } = await import('./delete-and-events.ts');
      await deleteHooks(ids, flags, contextOf(flags));
    });
  withAzure(
    hooks
      .command('events')
      .description('what can be subscribed to; with a name also its filters')
      .argument('[name]'),
  )
    .option('--consumers', 'show where events can be sent, instead')
    .action(async (name: string | undefined, flags: HookFlags & { json?: boolean; consumers?: boolean }) => {
      const { listEvents } = await import('./delete-and-events.ts');
      await listEvents(name, flags, contextOf(flags));
    });
}
