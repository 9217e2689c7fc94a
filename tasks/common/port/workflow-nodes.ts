import type { PortClient } from './client.ts';

/**
 * Updates of a workflow node's run (`wfnr_…`). Its words are not those of action runs: FAILED, CANCELLED, `links`. The routes
 * are those of Port's own clients; its API document does not list them.
 */
export interface NodeRunChanges {
  readonly status?: 'IN_PROGRESS' | 'COMPLETED';
  /** Goes with COMPLETED. */
  readonly result?: 'SUCCESS' | 'FAILED' | 'CANCELLED';
  /** At most three. */
  readonly links?: readonly string[];
  readonly externalRunId?: string;
}

export interface NodeRunLog {
  readonly level: 'INFO' | 'WARN' | 'ERROR' | 'DEBUG';
  readonly message: string;
}

export const mostNodeRunLinks = 3;

export async function updateNodeRun(
  port: PortClient,
  nodeRunId: string,
  changes: NodeRunChanges,
): Promise<void> {
  await port.call('updateNodeRun', { parameters: { nodeRunId }, body: changes });
}

export async function addNodeRunLogs(
  port: PortClient,
  nodeRunId: string,
  logs: readonly NodeRunLog[],
): Promise<void> {
  await port.call('addNodeRunLogs', { parameters: { nodeRunId }, body: { logs } });
}
