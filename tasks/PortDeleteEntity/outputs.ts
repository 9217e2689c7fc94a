import type { TaskContext } from '../common/main.ts';
import { type SummaryRow, attachSummary, summaryTable } from '../common/outputs/summary.ts';
import { runPage } from '../common/port/pages.ts';
import { cleanerOf } from '../common/port/session.ts';
import { markdownLink, markdownText } from '../common/text/markdown.ts';
import type { Deletions } from './deletions.ts';
import type { DeleteInputs } from './inputs.ts';

interface DeleteResult {
  readonly deletions: Deletions;
  /** The run that the deletions are tied to. */
  readonly runId: string | undefined;
  readonly appUrl: string;
}

/** Sets the output and shows the summary. */
export function setOutputs(
  context: TaskContext,
  inputs: DeleteInputs,
  { deletions, runId, appUrl }: DeleteResult,
): void {
  const { host } = context;
  host.setOutput('deletedCount', String(deletions.deleted));
  if (!inputs.isSummaryWanted) return;
  const rows: SummaryRow[] = [
    ['Blueprint', markdownText(inputs.blueprint)],
    ['Deleted', String(deletions.deleted)],
  ];
  if (deletions.missing > 0) rows.push(['Were not there', String(deletions.missing)]);
  if (deletions.refused.length > 0) rows.push(['Not deleted', String(deletions.refused.length)]);
  if (runId !== undefined) rows.push(['Run', markdownLink(runId, runPage(appUrl, runId))]);
  attachSummary(host, cleanerOf(context, inputs)(summaryTable(rows)));
}
