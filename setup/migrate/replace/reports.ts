import { type PortCall, isReport } from '../calls.ts';
import { type Value, isMap, textOf, unknownsIn } from '../read/value.ts';
import { runIdOf } from './call-steps.ts';
import { Gaps } from './input-text.ts';
import { type Missing, type TaskStep, given } from './task-step.ts';

/** What one or more calls in a row tell of a run. */
export interface Report {
  readonly calls: readonly PortCall[];
  /** Undefined: the run goes on. `either`: the script decides which of both. */
  readonly end: 'success' | 'failure' | 'either' | undefined;
  /** A status that an expression gives. */
  readonly status: string | undefined;
  /** Inputs that say more than the status. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly missing: readonly Missing[];
}

/** Whether the report only says how the run ended, which a step that follows the job says as well. */
export const isBare = ({ inputs, missing, status }: Report): boolean =>
  status === undefined &&
  missing.length === 0 &&
  Object.keys(inputs).every((name) => name === 'externalRunId');

const takenOver = [
  'status',
  'terminationStatus',
  'statusLabel',
  'link',
  'summary',
  'message',
  'externalRunId',
];

function endOf(status: Value | undefined): Pick<Report, 'end' | 'status'> {
  if (status === undefined || status === null) return { end: undefined, status: undefined };
  if (unknownsIn(status).length > 0) return { end: 'either', status: undefined };
  const text = textOf(status);
  const [, word] = /^(SUCCESS|FAILURE)$/i.exec(text) ?? [];
  if (word !== undefined)
    return { end: word.toUpperCase() === 'SUCCESS' ? 'success' : 'failure', status: undefined };
  return { end: undefined, status: /\$[({]/.test(text) ? text : undefined };
}

function messageOf(message: Value | undefined): Value | undefined {
  if (!isMap(message)) return message;
  return Object.values(message).map(textOf).join('\n');
}

function links(link: Value | undefined, gaps: Gaps): string | undefined {
  const all = Array.isArray(link) ? (link as readonly Value[]) : link === undefined ? [] : [link];
  return (
    all
      .map((each) => gaps.line('link', isMap(each) ? (each.url ?? '') : each))
      .filter((each) => each !== undefined)
      .join('\n') || undefined
  );
}

function reportOf(call: PortCall): Report {
  const gaps = new Gaps();
  const body = isMap(call.body) ? call.body : {};
  if (!isMap(call.body))
    gaps.add('status, statusLabel, link, summary', unknownsIn(call.body ?? '')[0] ?? 'the call has no body');
  for (const name of Object.keys(body))
    if (!takenOver.includes(name)) gaps.add(name, 'no input of the task takes this member of the body');
  const { end, status } = endOf(body.status ?? body.terminationStatus);
  const inputs = {
    statusLabel: gaps.line('statusLabel', body.statusLabel),
    link: links(body.link, gaps),
    summary: gaps.lines('summary', body.summary),
    logMessage: gaps.lines('logMessage', messageOf(body.message)),
    externalRunId: gaps.line('externalRunId', body.externalRunId),
  };
  return {
    calls: [call],
    end,
    status,
    inputs: given(inputs) as Record<string, string>,
    missing: gaps.missing,
  };
}

/** One report for two calls of which the second follows the first at once. */
function joined(first: Report, second: Report): Report {
  const inputs = { ...first.inputs, ...second.inputs };
  for (const name of ['logMessage', 'link']) {
    const [one, other] = [first.inputs[name], second.inputs[name]];
    if (one !== undefined && other !== undefined && one !== other) inputs[name] = `${one}\n${other}`;
  }
  return {
    calls: [...first.calls, ...second.calls],
    end: second.end,
    status: second.status,
    inputs,
    missing: [...first.missing, ...second.missing],
  };
}

/** The calls of a script as reports, and as calls of other kinds, in their order. */
export function reportsIn(calls: readonly PortCall[]): readonly (Report | PortCall)[] {
  const found: (Report | PortCall)[] = [];
  for (const call of calls) {
    const last = found.at(-1);
    if (!isReport(call)) found.push(call);
    else if (
      last !== undefined &&
      'calls' in last &&
      last.end === undefined &&
      last.status === undefined &&
      sameRun(last, call)
    )
      found[found.length - 1] = joined(last, reportOf(call));
    else found.push(reportOf(call));
  }
  return found;
}

const sameRun = ({ calls: [first] }: Report, call: PortCall): boolean =>
  first?.path[2] === call.path[2] && first?.isConditional === call.isConditional;

export const reportStatus = ({ end, status }: Report): string =>
  status ?? (end === undefined ? 'inProgress' : end === 'either' ? 'auto' : end);

/** @param status overrides the report's own */
export function reportStep(
  report: Report,
  runId: string | undefined,
  { status, condition, scope }: { status?: string; condition?: string | undefined; scope?: string } = {},
): TaskStep {
  const [first] = report.calls;
  const own = first === undefined ? undefined : runIdOf(first);
  return {
    task: 'PortRunStatus@1',
    line: first?.line ?? 1,
    condition,
    inputs: given({
      portConnection: 'port',
      runId: own ?? runId,
      status: status ?? reportStatus(report),
      scope,
      ...report.inputs,
    }),
    missing: [...(own === undefined && runId === undefined ? [missingRunId(first)] : []), ...report.missing],
  };
}

function missingRunId(call: PortCall | undefined): Missing {
  const why = unknownsIn(call?.path[2] ?? '')[0] ?? 'nothing in the file gives it';
  return {
    what: 'runId',
    why: `${why}. Write what holds the run id of Port, such as \${{ parameters.<webhook alias>.port_context.runId }}`,
  };
}
