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

/** Reports to a workflow node's run: it has no summary, so that becomes lines of its log, and so does a label that Port refuses. */
export async function reportWorkflowNode(sending: Sending, report: Report): Promise<Reported> {
  const missedLogs = await sendLogs(sending, logsOf(report));
  const { isChanged, held, refused, warnings } = await sendChanges(sending, changesOf(report));
  const left = report.links.length - mostNodeRunLinks;
  const isLogTaken = report.log !== '' && missedLogs.length === 0;
  const isLogRefused = missedLogs.some(({ kind }) => kind === 'refused');
  const isLabelRefused = refused.includes('label');
  // The label of an end is in the log in any case.
  const missedLabel =
    isLabelRefused && report.verdict === undefined
      ? await sendLogs(sending, entries(report.label, 'INFO'))
      : missedLogs;
  const place = missedLabel.length === 0 ? "; it is in the run's log" : '';
  return {
    status: isChanged ? (held.result ?? 'IN_PROGRESS') : undefined,
    label: held.statusLabel,
    links: held.links ?? [],
    taken: [...detailsIn(held), ...(isLogTaken ? ['log' as const] : [])],
    refused: [...refused, ...(isLogRefused ? ['log' as const] : [])],
    notes: [
      ...(isChanged && left > 0
        ? [`A workflow node's run takes ${mostNodeRunLinks} links; ${left} more went into its log.`]
        : []),
      ...(isLabelRefused ? [`Port takes no label for this workflow node's run${place}.`] : []),
    ],
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
}

/** The details among changes, and what a message calls them; the output last, so that nothing else follows it but the end. */
const details = [
  ['links', 'links', 'the links'],
  ['externalRunId', 'externalRunId', 'the external run id'],
  ['label', 'statusLabel', 'the label'],
  ['output', 'output', 'the output'],
] as const;

/** Those that need not be sent again: a later label is another one, and each update has to repeat the output. */
function detailsIn(changes: NodeRunChanges): readonly Detail[] {
  return (['links', 'externalRunId'] as const).filter((key) => changes[key] !== undefined);
}

/** A Port that knows no labels of nodes refuses all that comes with one: it is left out first. */
async function sendChanges(sending: Sending, changes: NodeRunChanges): Promise<Changed> {
  const together = await update(sending, changes, timeFor(sending, changes));
  if (together === undefined) return { isChanged: true, held: changes, refused: [], warnings: [] };
  const { statusLabel, ...unlabelled } = changes;
  if (statusLabel !== undefined && isRefusal(together.error) && together.error.status === 422) {
    const alone = await update(sending, unlabelled, timeFor(sending, unlabelled));
    if (alone === undefined) return { isChanged: true, held: unlabelled, refused: ['label'], warnings: [] };
  }
  return sendInParts(sending, changes, together);
}

function timeFor({ port }: Sending, changes: NodeRunChanges): number | undefined {
  const count = details.filter(([, key]) => changes[key] !== undefined).length;
  return timeForUpdate(port, { details: count, hasLabel: false });
}

/** Each detail is sent alone, and then the end: after it Port takes nothing. */
async function sendInParts(sending: Sending, changes: NodeRunChanges, failure: Missed): Promise<Changed> {
  const { status, result } = changes;
  const parts = details
    .filter(([, key]) => changes[key] !== undefined)
    .map(([detail, key, name]): Part<NodeRunChanges> => [detail, name, { [key]: changes[key] }]);
  const { held, refused, warnings } = await sendEach(parts, sending.detailsTime, (part, atMost) =>
    update(sending, part, atMost),
  );
  const end: NodeRunChanges = {
    ...(status !== undefined && { status }),
    ...(result !== undefined && { result }),
    ...(held.output !== undefined && { output: held.output }),
  };
  const missedEnd = parts.length === 0 ? failure : await update(sending, end, undefined);
  if (missedEnd === undefined) return { isChanged: true, held: { ...held, ...end }, refused, warnings };
  if (!isFinal(missedEnd.error)) throw missedEnd.error;
  // The try of all changes, whose answer was lost, was done after all.
  if (failure.mayBeDone) return { isChanged: true, held: changes, refused: [], warnings: [] };
  if (missedEnd.mayBeDone) return { isChanged: true, held: { ...held, ...end }, refused, warnings };
  // Port has no route to read a node's run, so what stands behind a refusal of the bare end can only be told in its words.
  const warning = `The workflow node's run was not changed; it may be finished already. ${missedEnd.error.message}`;
  return { isChanged: false, held: {}, refused: [], warnings: [warning] };
}

/** Whether Port says that it does not change the run: it is finished, or what is sent is wrong. */
function isFinal(error: TaskError): boolean {
  return isRefusal(error) && ![401, 403, 404].includes(error.status);
}

interface Missed extends Undelivered {
  /** Whether one of its tries got no answer, and may have been done. */
  readonly mayBeDone: boolean;
}

async function update(
  { port, nodeRunId }: Sending,
  changes: NodeRunChanges,
  atMost: number | undefined,
): Promise<Missed | undefined> {
  let lostAnswers = 0;
  const onLost = () => lostAnswers++;
  const missed = await deliver(() => updateNodeRun(port, nodeRunId, changes, { atMost, onLost }));
  return missed && { ...missed, mayBeDone: lostAnswers > 0 || mayHaveBeenDone(missed.error) };
}

function changesOf({ verdict, links, externalRunId, label, isLabelRefused, output }: Report): NodeRunChanges {
  const results = { success: 'SUCCESS', failure: 'FAILED', canceled: 'CANCELLED' } as const;
  return {
    ...(verdict === undefined
      ? { status: 'IN_PROGRESS' }
      : { status: 'COMPLETED', result: results[verdict.result] }),
    ...(links.length > 0 && { links: links.slice(0, mostNodeRunLinks) }),
    ...(externalRunId !== undefined && { externalRunId }),
    ...(label !== undefined && isLabelRefused !== true && { statusLabel: label }),
    ...(output !== undefined && { output }),
  };
}

const endLevels = { success: 'INFO', failure: 'ERROR', canceled: 'WARN' } as const;

/** The label of an end stands in the log too, where its level tells how the node ended. */
function logsOf({ log, label, isLabelRefused, summary, links, verdict }: Report): readonly NodeRunLog[] {
  const overflow = links
    .slice(mostNodeRunLinks)
    .map((link) => `Link: ${link}`)
    .join('\n');
  const isLabelLogged = verdict !== undefined || isLabelRefused === true;
  return [
    ...entries(log, verdict?.result === 'failure' ? 'ERROR' : 'INFO'),
    ...entries(summary, 'INFO'),
    ...entries(overflow, 'INFO'),
    ...(isLabelLogged ? entries(label, verdict === undefined ? 'INFO' : endLevels[verdict.result]) : []),
  ];
}

function entries(text: string | undefined, level: NodeRunLog['level']): readonly NodeRunLog[] {
  return chunkLines(plainText(text ?? '')).map((message) => ({ level, message }));
}
