import { UnexpectedAnswerError } from '../../errors.ts';
import { isRecord, listOf, valueAt } from '../../json.ts';
import type { PortClient } from '../client/client.ts';
import { statusPattern, textLike } from './run.ts';
import { identifierOf, mostLookedAt } from './same-run.ts';

/**
 * A run of a Port workflow (`wfr_…`), as far as the tasks look at it. Port's API document lists none of these routes. Their shapes
 * are those of its pages docs.port.io/workflows/runs and api-reference/cancel-a-workflow-run, and of its own plugins, which call
 * them (port-experimental/port-plugins, July 2026).
 */
export interface WorkflowRun {
  readonly id: string;
  /** IN_PROGRESS, CANCELLING; at its end its result: SUCCESS, FAILED, CANCELLED. */
  readonly status: string;
  readonly isFinished: boolean;
  readonly statusLabel: string | undefined;
  /** The runs of its nodes, the first one first. */
  readonly nodeRuns: readonly WorkflowNodeRun[];
}

export interface WorkflowNodeRun {
  readonly id: string;
  /** The identifier of the node in the definition. */
  readonly node: string;
  /** As the run tells them; Port shows them in some answers only. */
  readonly title: string | undefined;
  readonly type: string | undefined;
  /** IN_PROGRESS; at its end its result: SUCCESS, FAILED, CANCELLED. */
  readonly status: string;
  readonly isFinished: boolean;
  readonly statusLabel: string | undefined;
  readonly logs: readonly WorkflowNodeLog[];
}

export interface WorkflowNodeLog {
  /** INFO, WARN, ERROR, DEBUG; undefined where Port shows none. */
  readonly level: string | undefined;
  readonly message: string;
  /** What tells it from another one of the same text, if anything does. */
  readonly mark: string;
}

const idPattern = /^wfr_[A-Za-z0-9]+$/;

/** What is not known to be open counts as finished, as with action runs. */
const openStatuses: ReadonlySet<unknown> = new Set(['IN_PROGRESS', 'CANCELLING']);

export async function getWorkflowRun(port: PortClient, runId: string): Promise<WorkflowRun> {
  const answer = await port.call('getWorkflowRun', { parameters: { runId } });
  return parseWorkflowRun(workflowRunIn(answer), 'read the workflow run');
}

/**
 * The open run, of the newest, that a node's run belongs to: the list shows no nodes, each run does.
 * @param others runs that are known to be none of it, and are not read again; those that were read are added.
 */
export async function findOpenWorkflowRun(
  port: PortClient,
  nodeRunId: string,
  others: Set<string>,
): Promise<WorkflowRun | undefined> {
  const answer = await port.call('findWorkflowRuns', { query: { limit: mostLookedAt } });
  for (const listed of listOf(answer.workflowRuns ?? answer.runs)) {
    const runId = identifierOf(listed);
    if (runId === undefined || others.has(runId) || !openStatuses.has(valueAt(listed, ['status']))) continue;
    const run = await getWorkflowRun(port, runId);
    if (run.nodeRuns.some(({ id }) => id === nodeRunId)) return run;
    others.add(runId);
  }
  return undefined;
}

/**
 * Cancels a run: Port waits for the node that runs, and starts no other. Never with `force`, which fails the node at once, whatever
 * it is doing.
 */
export async function cancelWorkflowRun(port: PortClient, runId: string): Promise<void> {
  await port.call('cancelWorkflowRun', { parameters: { runId } });
}

/** Port's plugins read `workflowRun`; how it answers a start is not documented. */
export function workflowRunIn(answer: Readonly<Record<string, unknown>>): unknown {
  return answer.workflowRun ?? answer.run;
}

/** @param purpose what the call was for, as an error says it: read the workflow run. */
export function parseWorkflowRun(value: unknown, purpose: string): WorkflowRun {
  const run = isRecord(value) ? value : {};
  const id = textLike(run.identifier, idPattern);
  const status = textLike(run.status, statusPattern);
  const result = textLike(run.result, statusPattern);
  if (id === undefined || status === undefined) {
    throw new UnexpectedAnswerError(
      `Cannot ${purpose}: the answer holds no workflow run with an identifier such as wfr_abc123 and a status such as COMPLETED. Is baseUrl the address of Port's API?`,
    );
  }
  return {
    id,
    ...standingOf(status, result),
    statusLabel: textOf(run.statusLabel),
    nodeRuns: inOrder(run.nodeRuns).flatMap(nodeRunIn),
  };
}

function nodeRunIn(value: unknown): readonly WorkflowNodeRun[] {
  if (!isRecord(value) || typeof value.identifier !== 'string') return [];
  const { identifier, nodeTitle, nodeConfigType, statusLabel } = value;
  return [
    {
      id: identifier,
      node: nodeOf(value) ?? identifier,
      title: textOf(nodeTitle) ?? textOf(valueAt(value.node, ['title'])),
      type: textOf(nodeConfigType) ?? textOf(valueAt(value.node, ['config', 'type'])),
      ...standingOf(textOf(value.status) ?? '', textOf(value.result)),
      statusLabel: textOf(statusLabel),
      logs: inOrder(value.nodeRunLogs ?? value.logs).flatMap(logIn),
    },
  ];
}

/** The identifier of the node that a node run is of. */
export function nodeOf(nodeRun: unknown): string | undefined {
  return textOf(valueAt(nodeRun, ['node', 'identifier'])) ?? textOf(valueAt(nodeRun, ['nodeIdentifier']));
}

/** `logLevel` and `log` are what Port's older pages call them. */
function logIn(value: unknown): readonly WorkflowNodeLog[] {
  if (!isRecord(value)) return [];
  const message = textOf(value.message) ?? textOf(value.log);
  if (message === undefined) return [];
  const level = textOf(value.level) ?? textOf(value.logLevel);
  const mark = [value.identifier, value.id, value.createdAt].map((part) => textOf(part) ?? '').join(' ');
  return [{ level, message, mark }];
}

function standingOf(status: string, result: string | undefined): { status: string; isFinished: boolean } {
  const isFinished = !openStatuses.has(status);
  return { status: isFinished ? (result ?? status) : status, isFinished };
}

/** The oldest first, whichever way Port sorts them. */
function inOrder(value: unknown): readonly unknown[] {
  const timeOf = (item: unknown) => textOf(valueAt(item, ['createdAt'])) ?? '';
  return [...listOf(value)].sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
