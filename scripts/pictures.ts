import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { readManifests, root } from './manifests.ts';
import { launchChromium } from './pictures/chromium.ts';
import { formStyle, taskForm } from './pictures/form.ts';
import { loopDiagram } from './pictures/loop.ts';
import { overviewPage } from './pictures/overview.ts';
import { htmlPage } from './pictures/page.ts';
import { attachedSummaries, summaryStyle, summaryTab } from './pictures/summary.ts';

/**
 * Makes the pictures of the Marketplace page: from text, from task.json, and from what a run in the local loop attaches.
 * It needs `npm run package` and Chromium (CHROMIUM names one). `--preview` shows
 * overview.md in build/preview, in two widths and both themes.
 */

interface Picture {
  readonly name: string;
  /** Pixels of the file for a pixel of the page. All pictures together stay below 250 KB. */
  readonly scale: number;
  readonly style: string;
  readonly body: string;
}

/** The pages behind the PNG files. */
export async function picturePages(): Promise<readonly Picture[]> {
  const { PortRunStatus: task } = readManifests().tasks;
  if (task === undefined) throw new Error('There is no task PortRunStatus.');
  const icon = readFileSync(join(root, 'tasks', 'PortRunStatus', 'icon.png'));
  const attached = await attachedSummaries();
  return [
    { name: 'form', scale: 1.25, style: formStyle, body: taskForm(task, icon, { portConnection: 'port' }) },
    { name: 'summary', scale: 1.5, style: summaryStyle, body: summaryTab('Deploy a service', attached) },
  ];
}

/** What a page is made of; a test compares it with pictures.json, so that no picture goes stale. */
export function fingerprint({ style, body }: Picture): string {
  return createHash('sha256').update(`${style}\n${body}`).digest('hex');
}

async function draw(browser: Browser): Promise<void> {
  const pictures = await picturePages();
  for (const picture of pictures) await drawPage(browser, picture);
  for (const theme of ['light', 'dark'] as const) {
    writeFileSync(join(root, 'images', `loop-${theme}.svg`), loopDiagram(theme));
  }
  // The Marketplace shows no SVG.
  const body = `<div id="picture">${loopDiagram('light')}</div>`;
  await drawPage(browser, {
    name: 'loop',
    scale: 1.5,
    style: '#picture{width:860px}svg{display:block}',
    body,
  });
  const prints = Object.fromEntries(pictures.map((picture) => [picture.name, fingerprint(picture)]));
  writeFileSync(join(root, 'scripts', 'pictures.json'), `${JSON.stringify(prints, null, 2)}\n`);
}

async function drawPage(browser: Browser, { name, scale, style, body }: Picture): Promise<void> {
  const page = await browser.newPage({ deviceScaleFactor: scale, viewport: { width: 900, height: 1200 } });
  await page.setContent(htmlPage(style, body));
  await page.evaluate('document.fonts.ready');
  await page.locator('#picture').screenshot({ path: join(root, 'images', `${name}.png`) });
  await page.close();
}

async function preview(browser: Browser): Promise<void> {
  const folder = join(root, 'build', 'preview');
  mkdirSync(folder, { recursive: true });
  for (const theme of ['light', 'dark'] as const) {
    for (const width of [1000, 420]) {
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      await page.setContent(overviewPage(theme));
      await page.evaluate('document.fonts.ready');
      await page.screenshot({ path: join(folder, `overview-${theme}-${width}.png`), fullPage: true });
    }
  }
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { preview: { type: 'boolean', default: false } } });
  const browser = await launchChromium();
  await (values.preview ? preview(browser) : draw(browser));
  await browser.close();
}
