import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { readManifests, root } from './manifests.ts';
import { azureStyle } from './pictures/azure-style.ts';
import { launchChromium } from './pictures/chromium.ts';
import { connectionForms, connectionsStyle } from './pictures/connections.ts';
import { deployInLoop } from './pictures/deploy-loop.ts';
import { formStyle, taskForm } from './pictures/form.ts';
import { type Theme, loopDiagram } from './pictures/loop.ts';
import { markdownPage } from './pictures/markdown-page.ts';
import { htmlPage } from './pictures/page.ts';
import { runsPage, runsStyle } from './pictures/runs.ts';
import { attachedTo, summaryStyle, summaryTab } from './pictures/summary.ts';

/**
 * Makes the pictures of README, docs and the Marketplace page, light, and in images/dark: from text, from the manifests, and from what
 * runs in the local loop leave.
 * It needs `npm run package`, Chromium (CHROMIUM names one) and pngquant. `--preview` shows
 * overview.md and README.md in build/preview, in two widths and both themes.
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
  const { runs, succeeded, settled } = await deployInLoop();
  const tab = summaryTab('Deploy a service', attachedTo(succeeded, settled));
  return [
    ofAzure('form', formStyle, taskForm(task, icon, { portConnection: 'port' })),
    ofAzure('connections', connectionsStyle, connectionForms()),
    ofAzure('summary', summaryStyle, tab),
    { name: 'runs', scale: 1.25, style: runsStyle, body: runsPage(runs) },
  ];
}

function ofAzure(name: string, style: string, body: string): Picture {
  return { name, scale: 1.5, style: azureStyle + style, body };
}

/** What a page is made of; a test compares it with pictures.json, so that no picture goes stale. */
export function fingerprint({ style, body }: Picture): string {
  return createHash('sha256').update(`${style}\n${body}`).digest('hex');
}

const themes = ['light', 'dark'] as const;

async function draw(browser: Browser): Promise<void> {
  const pictures = await picturePages();
  mkdirSync(join(root, 'images', 'dark'), { recursive: true });
  for (const theme of themes) {
    for (const picture of pictures) await drawPage(browser, picture, theme);
    writeFileSync(fileOf(theme, 'loop.svg'), loopDiagram(theme));
  }
  // The Marketplace shows no SVG.
  const body = `<div id="picture">${loopDiagram('light')}</div>`;
  const style = '#picture{width:860px}svg{display:block}';
  await drawPage(browser, { name: 'loop', scale: 1.5, style, body }, 'light');
  const prints = Object.fromEntries(pictures.map((picture) => [picture.name, fingerprint(picture)]));
  writeFileSync(join(root, 'scripts', 'pictures.json'), `${JSON.stringify(prints, null, 2)}\n`);
}

export function fileOf(theme: Theme, name: string): string {
  return join(root, 'images', ...(theme === 'dark' ? ['dark'] : []), name);
}

async function drawPage(
  browser: Browser,
  { name, scale, style, body }: Picture,
  theme: Theme,
): Promise<void> {
  const page = await browser.newPage({
    ...{ deviceScaleFactor: scale, viewport: { width: 900, height: 1200 }, colorScheme: theme },
  });
  await page.setContent(htmlPage(`:root{color-scheme:${theme}}${style}`, body));
  await page.evaluate('document.fonts.ready');
  const file = fileOf(theme, `${name}.png`);
  await page.locator('#picture').screenshot({ path: file, omitBackground: true });
  // A palette of 48 colours makes a third of it, and shows no difference.
  execFileSync('pngquant', ['--force', '--ext', '.png', '48', file]);
  await page.close();
}

async function preview(browser: Browser): Promise<void> {
  const folder = join(root, 'build', 'preview');
  mkdirSync(folder, { recursive: true });
  for (const file of ['overview', 'README'])
    for (const theme of themes)
      for (const width of [1000, 420]) {
        const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: theme });
        await page.setContent(markdownPage(`${file}.md`, theme));
        await page.evaluate('document.fonts.ready');
        await page.screenshot({ path: join(folder, `${file}-${theme}-${width}.png`), fullPage: true });
        await page.close();
      }
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { preview: { type: 'boolean', default: false } } });
  const browser = await launchChromium();
  await (values.preview ? preview(browser) : draw(browser));
  await browser.close();
}
