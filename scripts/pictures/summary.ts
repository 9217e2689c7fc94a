import { join } from 'node:path';
import { marked } from 'marked';
import { type Loop, startLoop } from '../../local/loop.ts';
import { packagedExtension } from '../../local/packaged-extension.ts';
import { root } from '../manifests.ts';
import { escapeHtml } from './page.ts';

/** The Extensions tab of a pipeline run: the Markdown that the tasks of examples/deploy attach in the local loop. */

export const summaryStyle = `
#picture{width:760px;background:#fff;color:#201f1e;font-size:14px;line-height:20px;padding:16px 24px 20px}
h1{font-size:18px;font-weight:600;margin:0 0 12px}
nav{display:flex;gap:24px;border-bottom:1px solid #edebe9;margin:0 -24px 12px;padding:0 24px;color:#605e5c}
nav span{padding:6px 0}
nav .here{color:#201f1e;font-weight:600;border-bottom:2px solid #0078d4}
article{border:1px solid #edebe9;border-radius:4px;padding:4px 16px 12px;margin-top:12px}
article h2{font-size:14px;font-weight:600;margin:8px 0}
h3{font-size:15px;margin:6px 0}
p{margin:6px 0}
a{color:#0078d4;text-decoration:none;word-break:break-all}
table{border-collapse:collapse;margin:6px 0}
td,th{border:1px solid #edebe9;padding:4px 10px;text-align:left;vertical-align:top}
th:empty{padding:0}`;

export interface Attached {
  readonly step: string;
  readonly markdown: string;
}

/** Executes the action; what was attached, with the public addresses in place of the local ones, and a fixed run id. */
export async function attachedSummaries(): Promise<readonly Attached[]> {
  const loop = await startLoop({ vsix: packagedExtension() });
  try {
    const folder = join(root, 'examples', 'deploy');
    await loop.addExample(folder, []);
    loop.azureDevOps.createPipeline({
      name: 'deploy',
      file: join(folder, 'deploy.yml'),
      repositoryDirectory: folder,
      hasRunOnce: true,
    });
    return await summariesOf(loop);
  } finally {
    await loop.close();
  }
}

async function summariesOf(loop: Loop): Promise<Attached[]> {
  const { runId, build } = await loop.execute('deploy_service', { service: 'checkout', environment: 'test' });
  const text = (content: Buffer): string =>
    withoutEscapes(content.toString('utf8'))
      .replaceAll(loop.port.url, 'https://app.port.io')
      .replaceAll(loop.azureDevOps.url, 'https://dev.azure.com')
      .replaceAll(runId, 'r_Xk2mQ8vLw3Tz9bNc');
  return build.attachments
    .filter(({ type }) => type === 'Distributedtask.Core.Summary')
    .map(({ recordId, content }) => ({
      step: build.records.get(recordId)?.name ?? '',
      markdown: text(content),
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
