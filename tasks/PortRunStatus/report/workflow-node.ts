import { type TaskError, mayHaveBeenDone } from '../../common/errors.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import {
  type NodeRunChanges,
  type NodeRunLog,
  addNodeRunLogs,
  mostNodeRunLinks,
  updateNodeRun,
} from '../../common/port/runs/workflow-nodes.ts';
import { plainText } from '../../common/text/plain-text.ts';
import {
  type DetailsTime,
  type Part,
  type Undelivered,
  deliver,
  isRefusal,
  sendEach,
  timeForUpdate,
  warningFor,
} from './details.ts';
import { chunkLines } from './log-text.ts';
import type { Detail, Report, Reported } from './report.ts';

interface Sending {
  readonly port: PortClient;
  readonly nodeRunId: string;
  readonly detailsTime: DetailsTime;
}

/** Reports to a workflow node's run: it has no label and no summary, so both become log lines. */
export async function reportWorkflowNode(sending: Sending, report: Report): Promise<Reported> {
  const logs = logsOf(report);
  const missedLogs = await sendLogs(sending, logs);
  const { isChanged, held, refused, warnings, failure } = await sendChanges(sending, changesOf(report));
  const left = report.links.length - mostNodeRunLinks;
  const isLogTaken = report.log !== '' && missedLogs.length === 0;
  if (failure !== undefined && missedLogs.length === logs.length && Object.keys(held).length === 0)
    throw failure.error;
  const isLogRefused = missedLogs.some(({ kind }) => kind === 'refused');
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
    refused: [...refused, ...(isLogRefused ? ['log' as const] : [])],
    notes:
      isChanged && left > 0
        ? [`A workflow node's run takes ${mostNodeRunLinks} links; ${left} more went into its log.`]
        : [],
    warnings: [...missedLogs.slice(0, 1).map((missed) => warningFor('the log lines', missed)), ...warnings],
  };
}

/** @returns what became of the entries that are not known to be there. */
async function sendLogs(
  { port, nodeRunId, detailsTime }: Sending,
  logs: readonly NodeRunLog[],
): Promise<readonly Undelivered[]> {
  const missed: Undelivered[] = [];
  for (const [index, log] of logs.entries()) {
    const atMost = detailsTime(logs.length - index + 1);
    const lost = await deliver(() => addNodeRunLogs(port, nodeRunId, [log], atMost));
    if (lost !== undefined) missed.push(lost);
  }
  return missed;
}

interface Changed {
  readonly isChanged: boolean;
  readonly held: NodeRunChanges;
  readonly refused: readonly Detail[];
  readonly warnings: readonly string[];
  /** Why all changes together did not arrive. */
  readonly failure?: Undelivered;
}

/** Where all changes together fail, each detail is sent alone, and then the end: after it Port takes nothing. */
async function sendChanges(sending: Sending, changes: NodeRunChanges): Promise<Changed> {
  const { port, detailsTime } = sending;
  const { links, externalRunId, ...end } = changes;
  const details: readonly Part<NodeRunChanges>[] = [
    ...(links === undefined ? [] : [['links', 'the links', { links }] as const]),
    ...(externalRunId === undefined
      ? []
      : [['externalRunId', 'the external run id', { externalRunId }] as const]),
  ];
  const time = timeForUpdate(port, { details: details.length, hasLabel: false });
  const failure = await update(sending, changes, time);
  if (failure === undefined) return { isChanged: true, held: changes, refused: [], warnings: [] };
  const { held, refused, warnings } = await sendEach(details, detailsTime, (part, atMost) =>
    update(sending, part, atMost),
  );
  const missedEnd = details.length === 0 ? failure : await update(sending, end, undefined);
  if (missedEnd === undefined)
    return { isChanged: true, held: { ...held, ...end }, refused, warnings, failure };
  if (!isFinal(missedEnd.error)) throw missedEnd.error;
  // The try of all changes, whose answer was lost, was done after all.
  if (mayHaveBeenDone(failure.error)) return { isChanged: true, held: changes, refused: [], warnings: [] };
  // Port has no route to read a node's run, so what stands behind a refusal of the bare end can only be told in its words.
  const warning = `The workflow node's run was not changed; it may be finished already. ${missedEnd.error.message}`;
  return { isChanged: false, held: {}, refused: [], warnings: [warning] };
}

/** Whether Port says that it does not change the run: it is finished, or what is sent is wrong. */
function isFinal(error: TaskError): boolean {
  return isRefusal(error) && ![401, 403, 404].includes(error.status);
}

function update(
  { port, nodeRunId }: Sending,
  changes: NodeRunChanges,
  atMost: number | undefined,
): Promise<Undelivered | undefined> {
  return deliver(() => updateNodeRun(port, nodeRunId, changes, atMost));
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
