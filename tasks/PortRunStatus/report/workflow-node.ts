import type { PortClient } from '../../common/port/client/client.ts';
import {
  type NodeRunChanges,
  type NodeRunLog,
  addNodeRunLogs,
  mostNodeRunLinks,
  updateNodeRun,
} from '../../common/port/runs/workflow-nodes.ts';
import { plainText } from '../../common/text/plain-text.ts';
import { type DetailsTime, deliver, detailsTimeOf, isRefusal, warningFor } from './details.ts';
import { chunkLines } from './log-text.ts';
import type { Detail, Report, Reported } from './report.ts';

interface Sending {
  readonly port: PortClient;
  readonly nodeRunId: string;
  readonly detailsTime: DetailsTime;
}

/** Reports to a workflow node's run: it has no label and no summary, so both become log lines. */
export async function reportWorkflowNode(
  port: PortClient,
  nodeRunId: string,
  report: Report,
): Promise<Reported> {
  const sending = { port, nodeRunId, detailsTime: detailsTimeOf(port) };
  const logWarnings = await sendLogs(sending, logsOf(report));
  const { isChanged, held, warnings } = await sendChanges(sending, changesOf(report));
  const left = report.links.length - mostNodeRunLinks;
  const isLogTaken = report.log !== '' && logWarnings.length === 0;
  const taken: readonly Detail[] = [
    ...(held.links === undefined ? [] : ['links' as const]),
    ...(held.externalRunId === undefined ? [] : ['externalRunId' as const]),
    ...(isLogTaken ? ['log' as const] : []),
  ];
  return {
    status: isChanged ? (held.result ?? 'IN_PROGRESS') : undefined,
    label: undefined,
    links: held.links ?? [],
    taken,
    notes:
      isChanged && left > 0
        ? [`A workflow node's run takes ${mostNodeRunLinks} links; ${left} more went into its log.`]
        : [],
    warnings: [...logWarnings, ...warnings],
  };
}

/** @returns a warning for each reason why lines did not arrive. */
async function sendLogs(
  { port, nodeRunId, detailsTime }: Sending,
  logs: readonly NodeRunLog[],
): Promise<readonly string[]> {
  const warnings = new Set<string>();
  for (const log of logs) {
    const delivery = await deliver(() => addNodeRunLogs(port, nodeRunId, [log], detailsTime()));
    if (delivery.kind !== 'sent') warnings.add(warningFor('the log lines', delivery));
  }
  return [...warnings];
}

interface Changed {
  readonly isChanged: boolean;
  readonly held: NodeRunChanges;
  readonly warnings: readonly string[];
}

/** Where Port refuses all changes together, each detail is sent alone, and then the end: after it Port takes nothing. */
async function sendChanges(sending: Sending, changes: NodeRunChanges): Promise<Changed> {
  const { port, nodeRunId, detailsTime } = sending;
  try {
    await updateNodeRun(port, nodeRunId, changes);
    return { isChanged: true, held: changes, warnings: [] };
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  const warnings: string[] = [];
  let held: NodeRunChanges = {};
  const { links, externalRunId, ...end } = changes;
  const details: readonly (readonly [string, NodeRunChanges])[] = [
    ...(links === undefined ? [] : [['the links', { links }] as const]),
    ...(externalRunId === undefined ? [] : [['the external run id', { externalRunId }] as const]),
  ];
  for (const [name, part] of details) {
    const delivery = await deliver(() => updateNodeRun(port, nodeRunId, part, detailsTime()));
    if (delivery.kind === 'sent') held = { ...held, ...part };
    else warnings.push(warningFor(name, delivery));
  }
  try {
    await updateNodeRun(port, nodeRunId, end);
    return { isChanged: true, held: { ...held, ...end }, warnings };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // Port has no route to read a node's run, so what stands behind a refusal of the bare end can only be told in its words.
    const warning = `The workflow node's run was not changed; it may be finished already. ${error.message}`;
    return { isChanged: false, held: {}, warnings: [warning] };
  }
}

function changesOf({ verdict, links, externalRunId }: Report): NodeRunChanges {
  const results = { success: 'SUCCESS', failure: 'FAILED', canceled: 'CANCELLED' } as const;
  return {
    ...(verdict === undefined
      ? { status: 'IN_PROGRESS' }
      : { status: 'COMPLETED', result: results[verdict.result] }),
    ...(links.length > 0 && { links: links.slice(0, mostNodeRunLinks) }),
    ...(externalRunId !== undefined && { externalRunId }),
  };
}

function logsOf({ log, label, summary, links, verdict }: Report): readonly NodeRunLog[] {
  const endLevel =
    verdict === undefined || verdict.result === 'success'
      ? 'INFO'
      : verdict.result === 'canceled'
        ? 'WARN'
        : 'ERROR';
  const overflow = links
    .slice(mostNodeRunLinks)
    .map((link) => `Link: ${link}`)
    .join('\n');
  const entry = (text: string, level: NodeRunLog['level']) =>
    chunkLines(plainText(text)).map((message) => ({ level, message }));
  return [
    ...entry(log, verdict?.result === 'failure' ? 'ERROR' : 'INFO'),
    ...entry(summary ?? '', 'INFO'),
    ...entry(overflow, 'INFO'),
    ...entry(label ?? '', endLevel),
  ];
}
