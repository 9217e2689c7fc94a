import type { Host } from '../common/agent/host.ts';
import type { Connection } from '../common/inputs/connection.ts';
import { type RunId, runIdVariable } from '../common/inputs/run-id.ts';
import type { Outcome } from '../common/main.ts';
import { attachSummary } from '../common/outputs/summary.ts';
import { pageOf } from '../common/port/pages.ts';
import { markdownLink, markdownText } from '../common/text/markdown.ts';
import type { RunStatusInputs } from './inputs.ts';
import { setPayloadPicks } from './payload-picks.ts';
import type { Report, Reported } from './report/report.ts';

/** The outputs of the main step; set once, at its end, whatever becomes of it. */
export class StepOutputs {
  runId = '';
  runUrl = '';
  reportedStatus = '';

  set(host: Pick<Host, 'input' | 'setOutput' | 'warning' | 'info'>): void {
    host.setOutput('runId', this.runId);
    host.setOutput('runUrl', this.runUrl);
    host.setOutput('reportedStatus', this.reportedStatus);
    setPayloadPicks(host);
  }
}

/**
 * Leaves the run id for later steps, which then need no input for it. A variable that is there stays as it is: one that was given when
 * the run was queued is read-only, and writing it fails the step.
 */
export function leaveRunId(host: Pick<Host, 'hasVariable' | 'setVariable'>, runId: RunId): void {
  if (!host.hasVariable(runIdVariable)) host.setVariable(runIdVariable, runId.id);
}

interface Announcement {
  readonly host: Host;
  readonly connection: Connection;
  readonly runId: RunId;
  readonly report: Report;
  readonly reported: Reported;
}

/** Tells what Port holds now, in the log. */
export function announce({ host, connection, runId, reported }: Announcement): Outcome {
  for (const note of reported.notes) host.info(note);
  for (const warning of reported.warnings) host.warning(warning);
  const label = reported.label ? ` "${reported.label}"` : '';
  const held = reported.status === undefined ? 'was not changed' : `is ${reported.status}${label}`;
  return { result: 'Succeeded', message: `Port run ${runId.id} ${held}: ${pageOf({ connection }, runId)}` };
}

/** Shows the same on the summary page of the pipeline run. */
export function showSummary(
  announcement: Announcement,
  { isSummaryWanted }: Pick<RunStatusInputs, 'isSummaryWanted'>,
): void {
  if (isSummaryWanted) attachSummary(announcement.host, summaryOf(announcement));
}

function summaryOf({ connection, runId, report, reported }: Announcement): string {
  const { status, label, links, taken } = reported;
  const rows: (readonly [string, string])[] = [['Status', markdownText(status ?? 'not changed')]];
  if (label) rows.push(['Label', markdownText(label)]);
  if (taken.includes('log')) rows.push(['Log', `${report.log.split('\n').length} lines`]);
  if (links.length > 0) rows.push(['Links', links.map((link) => markdownLink(link, link)).join('<br>')]);
  const head = `| Run | ${markdownLink(runId.id, pageOf({ connection }, runId))} |`;
  const table = [head, '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`)];
  const remarks = [...reported.notes, ...reported.warnings].map(
    (remark) => `\n> ${markdownText(remark, 600)}`,
  );
  return `${[...table, ...remarks].join('\n')}\n`;
}
