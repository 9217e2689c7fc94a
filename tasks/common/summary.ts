import { writeFileSync } from 'node:fs';
import type { Host } from './host.ts';
import { temporaryFile } from './temporary-file.ts';
import { oneLine } from './text.ts';

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
    const reason = error instanceof Error ? error.message : String(error);
    host.warning(`The summary cannot be written (${reason}); everything else is done.`);
  }
}

/** Text for a Markdown line or table cell: one line, with everything that Markdown or HTML would act on escaped. */
export function markdownText(text: string, limit = 200): string {
  return oneLine(text, limit)
    .replace(/[\\`*_{}[\]()#+!|~-]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/:\/\//g, ':&#47;&#47;')
    .replace(/@/g, '&#64;')
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}&#46;`);
}

/** A link, where the URL is http(s); else its text alone. */
export function markdownLink(text: string, url: string | undefined): string {
  if (url === undefined || !isWebUrl(url)) return markdownText(text);
  return `[${markdownText(text)}](<${new URL(url).href.replace(/[<>|`\\]/g, encodeURIComponent)}>)`;
}

export function isWebUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
