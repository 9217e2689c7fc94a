import { PortApiError } from '../../errors.ts';
import type { PortClient } from '../client/client.ts';

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
  /** Port's integrations send it since September 2026; a Port that does not know it answers 422. */
  readonly statusLabel?: string;
  /** What later nodes read as `.outputs.<node>`: all of it, for it replaces what was sent before. */
  readonly output?: Readonly<Record<string, unknown>>;
}

export interface NodeRunLog {
  readonly level: 'INFO' | 'WARN' | 'ERROR' | 'DEBUG';
  readonly message: string;
}

export const mostNodeRunLinks = 3;

interface UpdateOptions {
  /** The longest that it may take, in ms. */
  readonly atMost?: number | undefined;
  /** Called for each try that may have been done, although it got no answer. */
  readonly onLost?: () => void;
}

/**
 * Updates a node's run. It cannot be read, so where an answer was lost the update is sent again. Port's refusal of a bare status, which
 * holds nothing else that it could refuse, then says that the run is finished, and so that the lost one was done.
 */
export async function updateNodeRun(
  port: PortClient,
  nodeRunId: string,
  changes: NodeRunChanges,
  { atMost, onLost }: UpdateOptions = {},
): Promise<void> {
  let lostAnswers = 0;
  try {
    await port.call('updateNodeRun', {
      parameters: { nodeRunId },
      body: changes,
      onLost: () => {
        lostAnswers++;
        onLost?.();
      },
      ...(atMost !== undefined && { atMost }),
    });
  } catch (error) {
    const isRefused = error instanceof PortApiError && error.status === 422;
    if (lostAnswers === 0 || !isRefused || !isBareStatus(changes)) throw error;
  }
}

function isBareStatus(changes: NodeRunChanges): boolean {
  return Object.keys(changes).every((key) => key === 'status' || key === 'result');
}

/** @param atMost the longest that it may take, in ms. */
export async function addNodeRunLogs(
  port: PortClient,
  nodeRunId: string,
  logs: readonly NodeRunLog[],
  atMost: number,
): Promise<void> {
  await port.call('addNodeRunLogs', { parameters: { nodeRunId }, body: { logs }, atMost });
}
