import { isRecord } from '../../json.ts';
import type { PortClient } from '../client/client.ts';

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
  for await (const page of readRunLogs(port, runId))
    count += page.filter((log) => log.message === message).length;
  return count;
}

export interface RunLogEntry {
  readonly id: string;
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** A run's log, page by page. @param skipped how many entries to leave out at the beginning. */
export async function* readRunLogs(
  port: PortClient,
  runId: string,
  skipped = 0,
): AsyncGenerator<readonly RunLogEntry[]> {
  for (let offset = skipped; ; offset += pageSize) {
    const answer = await port.call('getRunLogs', {
      parameters: { runId },
      query: { limit: pageSize, offset },
    });
    const logs: readonly unknown[] = Array.isArray(answer.runLogs) ? answer.runLogs : [];
    yield logs.filter(isEntry);
    if (logs.length < pageSize) return;
  }
}

function isEntry(log: unknown): log is RunLogEntry {
  return isRecord(log) && [log.id, log.message, log.createdAt].every((value) => typeof value === 'string');
}
