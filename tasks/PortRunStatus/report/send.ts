import type { RunId } from '../../common/inputs/run-id.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import { reportActionRun } from './action-run.ts';
import { detailsTimeOf } from './details.ts';
import type { Report, Reported } from './report.ts';
import { reportWorkflowNode } from './workflow-node.ts';

/** Sends a report to the kind of run that the id names. */
export function sendReport(
  port: PortClient,
  runId: RunId,
  report: Report,
  detailsTime = detailsTimeOf(port),
): Promise<Reported> {
  return runId.kind === 'action'
    ? reportActionRun({ port, runId: runId.id, detailsTime }, report)
    : reportWorkflowNode({ port, nodeRunId: runId.id, detailsTime }, report);
}
