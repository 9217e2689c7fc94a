import { writeFileSync } from 'node:fs';
import type { Host } from '../agent/host.ts';
import { messageOf } from '../errors.ts';
import { temporaryFile } from './temporary-file.ts';

/** A name and a value, both Markdown. */
export type SummaryRow = readonly [name: string, value: string];

/** A Markdown table of names and values. */
export function summaryTable(rows: readonly SummaryRow[]): string {
  const lines = rows.map(([name, value]) => `| ${name} | ${value} |`);
  return ['| Port | |', '| --- | --- |', ...lines, ''].join('\n');
}

/**
 * Shows Markdown on the pipeline run's summary page. The file stays: the agent uploads it after the step has ended. Its base
 * name is the heading that Azure Pipelines shows.
 */
export function attachSummary(host: Host, markdown: string): void {
  try {
    const file = temporaryFile(host, 'port-summary-', 'Port.md');
    writeFileSync(file, markdown);
    host.attachSummary(file);
  } catch (error) {
    // What the step was for is done; a full disk is no reason to call it failed.
    const reason = messageOf(error);
    host.warning(`The summary cannot be written (${reason}); everything else is done.`);
  }
}
