import { UnexpectedAnswerError } from '../../errors.ts';
import { isRecord, listOf } from '../../json.ts';
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
  /** Who changed it last, as Port names users and clients. */
  readonly updatedBy: string | undefined;
}

/** What an update of a run may carry: only these keys, and as status only an end (Port refuses IN_PROGRESS). */
export interface RunChanges {
  readonly status?: 'SUCCESS' | 'FAILURE';
  readonly statusLabel?: string;
  /** All links of the run: what is not among them is taken away. */
  readonly link?: readonly string[];
  readonly summary?: string;
  readonly externalRunId?: string;
}

const idPattern = /^(?:r|wfnr|wfr)_[A-Za-z0-9]+$/;
export const statusPattern = /^[A-Z_]+$/;

/** Unknown words count as finished: only two are known to be open. */
export function isFinished({ status }: Pick<Run, 'status'>): boolean {
  return status !== 'IN_PROGRESS' && status !== 'WAITING_FOR_APPROVAL';
}

/** @param atMost the longest that it may take, in ms. */
export async function getRun(port: PortClient, runId: string, atMost?: number): Promise<Run> {
  const answer = await port.call('getRun', {
    parameters: { runId },
    query: { version: 'v2' },
    ...(atMost !== undefined && { atMost }),
  });
  return parseRun(answer.run, 'read the run');
}

/** The newest run with this external id; undefined where there is none. */
export async function findRunByExternalId(port: PortClient, externalRunId: string): Promise<Run | undefined> {
  const answer = await port.call('findRuns', {
    query: { version: 'v2', external_run_id: externalRunId, limit: 1 },
  });
  const [first] = listOf(answer.runs);
  return first === undefined ? undefined : parseRun(first, 'look for the run');
}

/** @param atMost the longest that it may take, in ms. */
export async function updateRun(
  port: PortClient,
  runId: string,
  changes: RunChanges,
  atMost?: number,
): Promise<void> {
  await port.call('updateRun', {
    parameters: { runId },
    query: { version: 'v2' },
    body: changes,
    ...(atMost !== undefined && { atMost }),
  });
}

/** @param purpose what the call was for, as an error says it: read the run. */
export function parseRun(value: unknown, purpose: string): Run {
  const id = isRecord(value) ? textLike(value.id, idPattern) : undefined;
  const status = isRecord(value) ? textLike(value.status, statusPattern) : undefined;
  if (!isRecord(value) || id === undefined || status === undefined) {
    throw new UnexpectedAnswerError(
      `Cannot ${purpose}: the answer holds no run with an id such as r_abc123 and a status such as SUCCESS. Is baseUrl the address of Port's API?`,
    );
  }
  const { statusLabel, link, payload, updatedBy } = value;
  const links = Array.isArray(link) ? link : [link];
  return {
    id,
    status,
    statusLabel: typeof statusLabel === 'string' ? statusLabel : undefined,
    links: links.filter((url) => typeof url === 'string'),
    isSynchronized: isRecord(payload) && payload.synchronized === true,
    updatedBy: typeof updatedBy === 'string' ? updatedBy : undefined,
  };
}

/** Text of this form; undefined for all else. */
export function textLike(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}
