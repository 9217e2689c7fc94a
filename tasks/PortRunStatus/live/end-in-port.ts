import { CanceledError, TaskError, UnexpectedAnswerError, isOutage } from '../../common/errors.ts';
import type { RunId } from '../../common/inputs/run-id.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import { getRun } from '../../common/port/runs/run.ts';
import {
  type WorkflowRun,
  findOpenWorkflowRun,
  getWorkflowRun,
} from '../../common/port/runs/workflow-run.ts';
import { oneLine } from '../../common/text/plain-text.ts';

/**
 * What a look at the run in Port says. `ended`: in Port, by somebody, as the sentence tells. `blind`: it cannot be watched, and never
 * will be.
 */
export type Look =
  | { readonly kind: 'open' }
  | { readonly kind: 'ended'; readonly reason: string }
  | { readonly kind: 'blind'; readonly reason: string };

const open: Look = { kind: 'open' };

/** Elsewhere a word that is not known counts as an end. Here it would cancel a pipeline run: only known ends do. */
const ends: ReadonlySet<string> = new Set(['SUCCESS', 'FAILURE', 'FAILED', 'CANCELLED', 'COMPLETED']);

/** Looks at the run again and again. An outage of Port is not the end of a run. */
export function watchRun(port: PortClient, { kind, id }: RunId): () => Promise<Look> {
  const look = kind === 'action' ? () => lookAtRun(port, id) : nodeWatch(port, id);
  return async () => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof TaskError) || error instanceof CanceledError) throw error;
      if (isOutage(error) || error instanceof UnexpectedAnswerError) return open;
      return { kind: 'blind', reason: error.message };
    }
  };
}

async function lookAtRun(port: PortClient, id: string): Promise<Look> {
  const run = await getRun(port, id);
  if (run.isSynchronized)
    return { kind: 'blind', reason: `Port run ${id} is synchronized: Port ends it by itself.` };
  if (!ends.has(run.status)) return open;
  const label = run.statusLabel === undefined ? '' : ` "${oneLine(run.statusLabel, 100)}"`;
  const who = run.updatedBy === undefined ? '' : ` by ${oneLine(run.updatedBy, 100)}`;
  return { kind: 'ended', reason: `Port run ${id} was ended in Port as ${run.status}${label}${who}` };
}

/** Port does not let a node's run be read alone: its workflow run shows it, and is looked for once. */
function nodeWatch(port: PortClient, id: string): () => Promise<Look> {
  let workflowRunId: string | undefined;
  // Where Port is too slow for all of them, the next look goes on from there.
  const others = new Set<string>();
  return async () => {
    const run =
      workflowRunId === undefined
        ? await findOpenWorkflowRun(port, id, others)
        : await getWorkflowRun(port, workflowRunId);
    if (run === undefined)
      return { kind: 'blind', reason: `Port shows no open workflow run with the node's run ${id}.` };
    workflowRunId = run.id;
    return lookAtNode(run, id);
  };
}

function lookAtNode(run: WorkflowRun, id: string): Look {
  const own = run.nodeRuns.find((nodeRun) => nodeRun.id === id);
  if (own !== undefined && ends.has(own.status))
    return { kind: 'ended', reason: `The workflow node's run ${id} was ended in Port as ${own.status}` };
  if (run.status === 'CANCELLING')
    return { kind: 'ended', reason: `The workflow run ${run.id} of this node is being cancelled in Port` };
  if (ends.has(run.status))
    return {
      kind: 'ended',
      reason: `The workflow run ${run.id} of this node was ended in Port as ${run.status}`,
    };
  return open;
}
