import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from './pictures/chromium.ts';

/** Renders the icons' PNG files from their SVG sources with Chromium: 128 pixels for the extension, 32 for each task. */

const root = join(import.meta.dirname, '..');
const tasks = readdirSync(join(root, 'tasks')).filter((name) =>
  existsSync(join(root, 'tasks', name, 'icon.svg')),
);

const browser = await launchChromium();
const page = await browser.newPage();
await render(page, join(root, 'images', 'icon'), 128);
for (const name of tasks) await render(page, join(root, 'tasks', name, 'icon'), 32);
await browser.close();

async function render(page: Page, path: string, size: number): Promise<void> {
  await page.setViewportSize({ width: size, height: size });
  const style = `html,body{margin:0;background:transparent}svg{display:block;width:${size}px;height:${size}px}`;
  await page.setContent(`<!doctype html><style>${style}</style>${readFileSync(`${path}.svg`, 'utf8')}`);
  await page.screenshot({ path: `${path}.png`, omitBackground: true });
}
