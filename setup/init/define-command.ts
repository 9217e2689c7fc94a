import type { Command } from 'commander';
import type { InitFlags } from './init.ts';

/** `setup init` */
export function addInitCommand(setup: Command): void {
  setup
    .command('init')
    .description('write port-azure.yml: asks what it is not told, and looks for your files')
    .option('--file <path>', 'where to write', 'port-azure.yml')
    .option('--organization <url>', 'https://dev.azure.com/NAME, the name alone, or the URL of a collection')
    .option('--project <name>', 'project in Azure DevOps')
    .option('--pipeline <name>', 'name of the pipeline in Azure DevOps')
    .option('--pipeline-file <path>', 'its YAML file; found where it names a webhook')
    .option('--webhook <name>', "what Port's actions call")
    .option('--connection <name>', 'service connection of the webhook')
    .option('--port-connection <name>', 'service connection of the tasks')
    .option('--port-url <url>', "Port's API")
    .option('--no-net', 'do not close runs whose pipeline died')
    .option('--force', 'write over a file that is there')
    .option('--json', 'print the result as JSON')
    .action(async (flags: InitFlags) => {
      const { initOnTerminal } = await import('./init.ts');
      await initOnTerminal(flags);
    });
}
