import type { Command } from 'commander';
import type { PortClient } from '../../tasks/common/port/client/client.ts';
import { getRun, isFinished, updateRun } from '../../tasks/common/port/runs/run.ts';
import { updateNodeRun } from '../../tasks/common/port/runs/workflow-nodes.ts';
import type { CommandContext, Environment } from '../command-context.ts';
import { UsageError } from '../errors.ts';
import { createOutput, shown } from '../output.ts';
import { openPort } from '../port/open.ts';
import { withTimeout } from '../shared-options.ts';

interface CloseFlags {
  readonly status: 'SUCCESS' | 'FAILURE';
  readonly label?: string;
  readonly timeout: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

type Kind = 'run' | 'node';

/** @throws UsageError for what is no id of a run that can be closed */
export function kindOf(id: string): Kind {
  if (/^r_[A-Za-z0-9]+$/.test(id)) return 'run';
  if (/^wfnr_[A-Za-z0-9]+$/.test(id)) return 'node';
  const isWorkflow = id.startsWith('wfr_');
  throw new UsageError(
    isWorkflow
      ? `${shown(id)} is a whole workflow run, which ends with its nodes. Give the id of the node's run (wfnr_…) that waits.`
      : `"${shown(id)}" is no id of a run. It takes that of an action's run (r_…) or of a workflow node's (wfnr_…), as the address of its page in Port has it.`,
  );
}

interface Closing {
  readonly done: 'closed' | 'would close' | 'ended before';
  readonly status: string;
  readonly label?: string | undefined;
}

async function closeRun(
  port: PortClient,
  id: string,
  { status, label, dryRun }: CloseFlags,
): Promise<Closing> {
  const run = await getRun(port, id);
  if (isFinished(run)) return { done: 'ended before', status: run.status, label: run.statusLabel };
  if (dryRun !== true)
    await updateRun(port, id, { status, ...(label !== undefined && { statusLabel: label }) });
  return { done: dryRun === true ? 'would close' : 'closed', status, label };
}

/** The run of a node cannot be read, and has no label. */
async function closeNode(port: PortClient, id: string, { status, dryRun }: CloseFlags): Promise<Closing> {
  const result = status === 'SUCCESS' ? 'SUCCESS' : 'FAILED';
  if (dryRun !== true) await updateNodeRun(port, id, { status: 'COMPLETED', result });
  return { done: dryRun === true ? 'would close' : 'closed', status: result };
}

const words: Readonly<Record<Closing['done'], (id: string, end: string) => string>> = {
  closed: (id, end) => `${id} is ended as ${end}.`,
  'would close': (id, end) => `${id} would be ended as ${end}. Nothing was changed.`,
  'ended before': (id, end) => `${id} had ended already, as ${end}. Nothing was changed.`,
};

async function close(id: string, flags: CloseFlags, { environment, output }: CommandContext): Promise<void> {
  const kind = kindOf(id);
  if (kind === 'node' && flags.label !== undefined)
    throw new UsageError('The run of a workflow node has no label: leave --label out.');
  const progress = (text: string): void => output.progress(text);
  const port = await openPort({ url: undefined, environment, budget: flags.timeout * 1000, progress });
  try {
    const closing = await (kind === 'run' ? closeRun : closeNode)(port.client, id, flags);
    const { done, status, label } = closing;
    output.json({ run: id, ...closing });
    output.line(words[done](id, status + (label === undefined ? '' : ` "${shown(label)}"`)));
    if (done === 'ended before' && status !== flags.status) process.exitCode = 1;
  } finally {
    await port.close();
  }
}

/** `runs close`: the way out for a run whose pipeline will not tell its end any more. */
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
    .action((id: string, flags: CloseFlags) =>
      close(id, flags, { environment, output: createOutput(flags.json === true) }),
    );
}
