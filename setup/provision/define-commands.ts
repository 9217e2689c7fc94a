import type { Command } from 'commander';
import type { CommandContext, Environment } from '../command-context.ts';
import { addInitCommand } from '../init/define-command.ts';
import { createOutput } from '../output.ts';
import { withLoopFile } from '../shared-options.ts';
import type { ChangeFlags } from './run-commands.ts';

const about = `
The file (port-azure.yml), with all that it may hold:

  organization: https://dev.azure.com/my-org   # or the URL of a collection on a Server
  project: my-project
  pipeline: deploy                             # name of the pipeline in Azure DevOps
  pipelineFile: deploy.yml                     # its YAML here; checked, not changed
  webhook:
    name: portDeploy                           # what Port's action calls
    connection: port-webhook                   # the service connection that the YAML names
  portConnection: port                         # the service connection of the tasks
  portAccount:                                 # whose credentials that one gets; without it the organization's
    identifier: pipelines@serviceaccounts.getport.io
  port:
    url: https://api.port.io
    blueprints: [port/deployment.json]
    actions: [port/deploy_service.json]
  net: true                                    # close runs whose pipeline died; or {event: build.complete}
  approvals:                                   # approve in Port what stages wait for
    environments: [production]
    teams: [release-managers]                  # who may, besides administrators

Several pipelines: pipelines: [{pipeline: deploy, pipelineFile: deploy.yml}, …] in place of pipeline and pipelineFile.

Sign-in: AZURE_DEVOPS_EXT_PAT (or "az login"), PORT_CLIENT_ID and PORT_CLIENT_SECRET. docs/setup.md has the rights they need.`;

type Flags = ChangeFlags & { readonly json?: boolean; readonly run?: string };

/** `setup …` and `doctor`. */
export function addLoopCommands(program: Command, environment: Environment): void {
  const contextOf = (flags: Flags): CommandContext => ({
    environment,
    output: createOutput(flags.json === true),
  });
  const setup = program
    .command('setup')
    .description('make everything that Port and Azure DevOps need of each other')
    .addHelpText('after', about);
  addInitCommand(setup);
  withLoopFile(setup.command('plan').description('show what exists, and what would be made or changed'))
    .option('--rewrite-secrets', 'count parts with a secret as to be changed: secrets cannot be compared')
    .option('--prune', 'plan for "setup apply --prune"')
    .option(
      '--detailed-exitcode',
      'exit with 0 where nothing is to do, 2 where something is, 1 where it failed',
    )
    .action(async (flags: Flags) => {
      const { plan } = await import('./run-commands.ts');
      await plan(flags, contextOf(flags));
    });
  withLoopFile(
    setup.command('apply').description('make and change what is needed; can be run again at any time'),
  )
    .option('--rewrite-secrets', 'write parts with a secret again, after the client secret changed')
    .option('--prune', 'remove what is in Port and not in the file, after a question')
    .option('--yes', 'ask nothing')
    .option('--dry-run', 'the same as "setup plan"')
    .action(async (flags: Flags) => {
      const { apply } = await import('./run-commands.ts');
      await apply(flags, contextOf(flags));
    });
  withLoopFile(setup.command('destroy').description('take away what apply made, after a plan and a question'))
    .option('--with-data', 'blueprints that have entities, too, with the entities')
    .option('--yes', 'ask nothing')
    .option('--dry-run', 'show what would go')
    .action(async (flags: Flags) => {
      const { destroy } = await import('./destroy.ts');
      await destroy(flags, contextOf(flags));
    });
  withLoopFile(
    program.command('doctor').description('walk the loop, read only, and say part by part what holds'),
  )
    .option('--run <id>', 'follow one run (r_… or wfnr_…) through Port and Azure DevOps, instead')
    .addHelpText(
      'after',
      '\nExit code: 0 all is well, 1 something is missing or wrong, 2 usage or an unreadable file, 3 something could not be looked at.',
    )
    .action(async (flags: Flags) => {
      const { doctor } = await import('./doctor.ts');
      await doctor(flags, contextOf(flags));
    });
}
