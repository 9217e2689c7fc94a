import { isRecord, type PortClient } from './client.ts';

/** Port gives at most so many log entries a call. */
const pageSize = 50;

export interface LogEnd {
  readonly terminationStatus: 'SUCCESS' | 'FAILURE';
  readonly statusLabel?: string;
}

/**
 * Adds an entry to a run's log, once: where the answer was lost, the run's log tells whether it arrived.
 * @param alreadySent how many entries with the same text this step has sent before.
 */
export async function addRunLog(
  port: PortClient,
  runId: string,
  entry: { message: string; alreadySent: number; end?: LogEnd },
): Promise<void> {
  const { message, alreadySent, end } = entry;
  await port.call('addRunLog', {
    parameters: { runId },
    body: { message, ...end },
    findDone: async () => ((await countLogs(port, runId, message)) > alreadySent ? {} : undefined),
  });
}

async function countLogs(port: PortClient, runId: string, message: string): Promise<number> {
  let count = 0;
  for (let offset = 0; ; offset += pageSize) {
    const answer = await port.call('getRunLogs', {
      parameters: { runId },
      query: { limit: pageSize, offset },
    });
    const logs: readonly unknown[] = Array.isArray(answer.runLogs) ? answer.runLogs : [];
    count += logs.filter((log) => isRecord(log) && log.message === message).length;
    if (logs.length < pageSize) return count;
  }
}
