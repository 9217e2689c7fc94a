import type { PortClient } from '../../tasks/common/port/client/client.ts';
import { getRun, isFinished, updateRun } from '../../tasks/common/port/runs/run.ts';
import { updateNodeRun } from '../../tasks/common/port/runs/workflow-nodes.ts';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../errors.ts';
import { shown } from '../output.ts';
import { openPort } from '../port/open.ts';

export interface CloseFlags {
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

/** `runs close`: the way out for a run whose pipeline will not tell its end any more. */
export async function close(
  id: string,
  flags: CloseFlags,
  { environment, output }: CommandContext,
): Promise<void> {
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
