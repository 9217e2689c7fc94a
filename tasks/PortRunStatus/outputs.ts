import { type RunId, runIdVariable } from '../common/inputs/run-id.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import { attachSummary } from '../common/outputs/summary.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { pageOf } from '../common/port/pages.ts';
import { markdownLink, markdownText } from '../common/text/markdown.ts';
import type { RunStatusInputs } from './inputs.ts';
import type { Report, Reported } from './report/report.ts';
import { rememberEnd } from './track-state.ts';

interface Announcement {
  readonly context: TaskContext;
  readonly inputs: RunStatusInputs;
  readonly port: PortClient;
  readonly runId: RunId;
  readonly report: Report;
  readonly reported: Reported;
  /** Whether more will be told at the end of the job, and so the summary page has to wait. */
  readonly isStart?: boolean;
}

/** Tells what was reported: outputs and variables, the log, the summary page. */
export function announce(announcement: Announcement): Outcome {
  const { context, inputs, port, runId, report, reported } = announcement;
  const { host } = context;
  const url = pageOf(port, runId);
  host.setOutput('runId', runId.id);
  host.setOutput('runUrl', url);
  host.setOutput('reportedStatus', reported.status ?? '');
  host.setVariable(runIdVariable, runId.id);
  const hasEnded = reported.status !== undefined && reported.status !== 'IN_PROGRESS';
  if (report.verdict !== undefined && hasEnded) rememberEnd(host, runId, reported.status);
  for (const note of reported.notes) host.info(note);
  for (const warning of reported.warnings) host.warning(warning);
  const label = report.label === undefined ? '' : ` "${report.label}"`;
  if (inputs.isSummaryWanted && announcement.isStart !== true)
    attachSummary(host, summaryOf(announcement, url));
  const told = reported.status === undefined ? 'was not changed' : `is ${reported.status}${label}`;
  return { result: 'Succeeded', message: `Port run ${runId.id} ${told}: ${url}` };
}

function summaryOf({ runId, report, reported }: Announcement, url: string): string {
  const rows: (readonly [string, string])[] = [['Status', markdownText(reported.status ?? 'not changed')]];
  if (report.label !== undefined) rows.push(['Label', markdownText(report.label)]);
  if (reported.logEntries > 0) rows.push(['Log', `${report.log.split('\n').length} lines`]);
  if (report.links.length > 0)
    rows.push(['Links', report.links.map((link) => markdownLink(link, link)).join('<br>')]);
  const head = `| Run | ${markdownLink(runId.id, url)} |`;
  const table = [head, '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`)];
  const remarks = [...reported.notes, ...reported.warnings].map(
    (remark) => `\n> ${markdownText(remark, 600)}`,
  );
  return `${[...table, ...remarks].join('\n')}\n`;
}
