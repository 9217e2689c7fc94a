import { isRecord, listOf } from '../../json.ts';
import type { PortClient } from '../client/client.ts';

/** Port gives at most so many log entries a call. */
const pageSize = 50;

export interface LogEnd {
  readonly terminationStatus: 'SUCCESS' | 'FAILURE';
  readonly statusLabel?: string;
}

export interface NewRunLog {
  readonly message: string;
  /** How many entries with the same text this step has sent before. */
  readonly alreadySent: number;
  /** Ends the run with this entry. */
  readonly end?: LogEnd | undefined;
  /** Whether a call before, whose answer was lost, may have added it. */
  readonly mayBeThere?: boolean;
  /** The longest that it may take, in ms. */
  readonly atMost: number;
}

/** Adds an entry to a run's log, once: where the answer was lost, the run's log tells whether it arrived. */
export async function addRunLog(port: PortClient, runId: string, entry: NewRunLog): Promise<void> {
  const { message, alreadySent, end, mayBeThere = false, atMost } = entry;
  const lastMoment = port.timeLeft() - atMost;
  const findDone = async () => {
    const count = await countLogs(port, runId, { message, atMost: port.timeLeft() - lastMoment });
    return count > alreadySent ? {} : undefined;
  };
  if (mayBeThere && (await findDone()) !== undefined) return;
  await port.call('addRunLog', { parameters: { runId }, body: { message, ...end }, atMost, findDone });
}

async function countLogs(
  port: PortClient,
  runId: string,
  { message, atMost }: { message: string; atMost: number },
): Promise<number> {
  let count = 0;
  for await (const page of readRunLogs(port, runId, { atMost }))
    count += page.filter((log) => log.message === message).length;
  return count;
}

export interface RunLogEntry {
  readonly id: string;
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/**
 * A run's log, page by page.
 * @param skipped how many entries to leave out at the beginning.
 * @param atMost the longest that a page may take, in ms.
 */
export async function* readRunLogs(
  port: PortClient,
  runId: string,
  { skipped = 0, atMost }: { skipped?: number; atMost?: number } = {},
): AsyncGenerator<readonly RunLogEntry[]> {
  for (let offset = skipped; ; offset += pageSize) {
    const answer = await port.call('getRunLogs', {
      parameters: { runId },
      query: { limit: pageSize, offset },
      ...(atMost !== undefined && { atMost }),
    });
    const logs = listOf(answer.runLogs);
    yield logs.filter(isEntry);
    if (logs.length < pageSize) return;
  }
}

function isEntry(log: unknown): log is RunLogEntry {
  return isRecord(log) && [log.id, log.message, log.createdAt].every((value) => typeof value === 'string');
}
