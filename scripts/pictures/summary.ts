import { marked } from 'marked';
import type { Build } from '../../local/azure-devops/index.ts';
import { escapeHtml } from './page.ts';

/** The Extensions tab of a pipeline run: the Markdown that the tasks of examples/deploy attach in the local loop. */

export const summaryStyle = `
#picture{width:760px;padding:16px 24px 20px}
h1{margin-bottom:12px}
nav{display:flex;gap:24px;border-bottom:1px solid var(--line);margin:0 -24px 12px;padding:0 24px;color:var(--faint)}
nav span{padding:6px 0}
nav .here{color:var(--text);font-weight:600;border-bottom:2px solid var(--accent)}
article{border:1px solid var(--line);border-radius:4px;padding:4px 16px 12px;margin-top:12px}
article h2{font-size:14px;font-weight:600;margin:8px 0}
h3{font-size:15px;margin:6px 0}
p{margin:6px 0}
table{border-collapse:collapse;margin:6px 0}
td,th{border:1px solid var(--line);padding:4px 10px;text-align:left;vertical-align:top}
th:empty{padding:0}`;

export interface Attached {
  readonly step: string;
  readonly markdown: string;
}

/** What the steps of a pipeline run have attached. @param settled makes it the same at each run */
export function attachedTo(build: Build, settled: (text: string) => string): Attached[] {
  return build.attachments
    .filter(({ type }) => type === 'Distributedtask.Core.Summary')
    .map(({ recordId, content }) => ({
      step: build.records.get(recordId)?.name ?? '',
      markdown: settled(withoutEscapes(content.toString('utf8'))),
    }));
}

/** What stands escaped in the Markdown, so that addresses and ids can be found in it. */
function withoutEscapes(markdown: string): string {
  return markdown.replaceAll('&#47;', '/').replace(/\\([_-])/g, '$1');
}

export function summaryTab(title: string, attached: readonly Attached[]): string {
  const parts = attached.map(
    ({ step, markdown }) =>
      `<article><h2>${escapeHtml(step)}</h2>${marked.parse(markdown, { async: false, gfm: true })}</article>`,
  );
  return `<div id="picture"><h1>${escapeHtml(title)}</h1>
<nav><span>Summary</span><span>Code coverage</span><span class="here">Extensions</span></nav>
${parts.join('\n')}</div>`;
}
