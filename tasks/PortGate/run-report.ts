import { CanceledError, messageOf } from '../common/errors.ts';
import type { TaskContext } from '../common/main.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { addRunLog } from '../common/port/runs/run-logs.ts';
import { updateRun } from '../common/port/runs/run.ts';
import { addNodeRunLogs } from '../common/port/runs/workflow-nodes.ts';
import { cleanerOf } from '../common/port/session.ts';
import { oneLine } from '../common/text/plain-text.ts';
import type { GateInputs } from './inputs.ts';

/** The longest that one of the two calls may take, in ms: nobody waits for it. */
const atMost = 10_000;

/**
 * Shows the developer, in the run in Port, why the pipeline stops or waits, as log entry and label. A node of a workflow has the log
 * alone, and a dry run shows nothing there. That it cannot be shown costs a warning, and changes no decision.
 * @param label undefined: the label stays.
 */
export async function reportToRun(
  context: TaskContext,
  port: PortClient,
  inputs: GateInputs,
  { log, label }: { readonly log: string; readonly label: string | undefined },
): Promise<void> {
  const { runId } = inputs;
  if (runId === undefined || inputs.mode === 'dryRun') return;
  const clean = cleanerOf(context, inputs);
  try {
    if (runId.kind !== 'action') {
      await addNodeRunLogs(port, runId.id, [{ level: 'ERROR', message: clean(log) }], atMost);
      return;
    }
    await addRunLog(port, runId.id, { message: clean(log), alreadySent: 0, atMost });
    if (label !== undefined)
      await updateRun(port, runId.id, { statusLabel: oneLine(clean(label), 100) }, atMost);
  } catch (error) {
    if (error instanceof CanceledError) throw error;
    context.host.warning(`The run in Port does not show the decision: ${messageOf(error)}`);
  }
}
