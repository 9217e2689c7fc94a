import { PortApiError } from '../../common/errors.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import {
  type NodeRunChanges,
  type NodeRunLog,
  addNodeRunLogs,
  mostNodeRunLinks,
  updateNodeRun,
} from '../../common/port/runs/workflow-nodes.ts';
import { plainText } from '../../common/text/plain-text.ts';
import { chunkLines } from './log-text.ts';
import { warningForLostLog } from './lost-log.ts';
import type { Report, Reported } from './report.ts';

/** Reports to a workflow node's run: it has no label and no summary, so both become log lines. */
export async function reportWorkflowNode(
  port: PortClient,
  nodeRunId: string,
  report: Report,
): Promise<Reported> {
  const logs = logsOf(report);
  const changes = changesOf(report);
  const status = changes.result ?? 'IN_PROGRESS';
  const lost = new Set<string>();
  try {
    for (const log of logs) {
      const warning = await warningForLostLog(() => addNodeRunLogs(port, nodeRunId, [log]));
      if (warning !== undefined) lost.add(warning);
    }
    await updateNodeRun(port, nodeRunId, changes);
  } catch (error) {
    // Port has no route to read a node's run, so what stands behind a 422 for a good request can only be told in its words.
    if (!(error instanceof PortApiError && error.status === 422)) throw error;
    return {
      status: undefined,
      logEntries: 0,
      notes: [],
      warnings: [
        ...lost,
        `The workflow node's run was not changed; it may be finished already. ${error.message}`,
      ],
    };
  }
  const left = report.links.length - mostNodeRunLinks;
  const notes =
    left > 0
      ? [`A workflow node's run takes ${mostNodeRunLinks} links; ${left} more went into its log.`]
      : [];
  return { status, logEntries: lost.size === 0 ? logs.length : 0, notes, warnings: [...lost] };
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
