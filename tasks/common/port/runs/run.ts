import { UnexpectedAnswerError } from '../../errors.ts';
import { isRecord } from '../../json.ts';
import type { PortClient } from '../client/client.ts';

/** An action run, as far as the tasks look at it. */
export interface Run {
  readonly id: string;
  /** IN_PROGRESS, WAITING_FOR_APPROVAL, SUCCESS, FAILURE, DECLINED; Port publishes no closed list. */
  readonly status: string;
  readonly statusLabel: string | undefined;
  readonly links: readonly string[];
  /** Port ends a synchronized run by itself, and refuses a status from outside. */
  readonly isSynchronized: boolean;
}

/** What an update of a run may carry: only these keys, and as status only an end (Port refuses IN_PROGRESS). */
export interface RunChanges {
  readonly status?: 'SUCCESS' | 'FAILURE';
  readonly statusLabel?: string;
  readonly link?: readonly string[];
  readonly summary?: string;
  readonly externalRunId?: string;
}

/** Unknown words count as finished: only two are known to be open. */
export function isFinished(run: Run): boolean {
  return run.status !== 'IN_PROGRESS' && run.status !== 'WAITING_FOR_APPROVAL';
}

export async function getRun(port: PortClient, runId: string): Promise<Run> {
  const answer = await port.call('getRun', { parameters: { runId }, query: { version: 'v2' } });
  return parseRun(answer.run);
}

/** The newest run with this external id; undefined where there is none. */
export async function findRunByExternalId(port: PortClient, externalRunId: string): Promise<Run | undefined> {
  const answer = await port.call('findRuns', {
    query: { version: 'v2', external_run_id: externalRunId, limit: 1 },
  });
  const [first] = Array.isArray(answer.runs) ? (answer.runs as unknown[]) : [];
  return first === undefined ? undefined : parseRun(first);
}

export async function updateRun(port: PortClient, runId: string, changes: RunChanges): Promise<void> {
  await port.call('updateRun', { parameters: { runId }, query: { version: 'v2' }, body: changes });
}

export function parseRun(value: unknown): Run {
  if (!isRecord(value) || typeof value.id !== 'string' || typeof value.status !== 'string') {
    throw new UnexpectedAnswerError(
      "Cannot read the run: the answer holds no run. Is baseUrl the address of Port's API?",
    );
  }
  const { id, status, statusLabel, link, payload } = value;
  const links = Array.isArray(link) ? link : [link];
  return {
    id,
    status,
    statusLabel: typeof statusLabel === 'string' ? statusLabel : undefined,
    links: links.filter((url) => typeof url === 'string'),
    isSynchronized: isRecord(payload) && payload.synchronized === true,
  };
}
