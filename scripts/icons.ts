import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Renders the icons' PNG files from their SVG sources with Chromium: 128 pixels for the extension, 32 for each task. */

const root = join(import.meta.dirname, '..');
const tasks = readdirSync(join(root, 'tasks')).filter((name) => existsSync(join(root, 'tasks', name, 'icon.svg')));

render(join(root, 'images', 'icon'), 128);
for (const name of tasks) render(join(root, 'tasks', name, 'icon'), 32);

function render(path: string, size: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'icon-'));
  const page = join(folder, 'icon.html');
  const style = `html,body{margin:0;background:transparent}svg{display:block;width:${size}px;height:${size}px}`;
  writeFileSync(page, `<!doctype html><style>${style}</style>${readFileSync(`${path}.svg`, 'utf8')}`);
  execFileSync(
    'chromium',
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--hide-scrollbars',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--default-background-color=00000000',
      `--user-data-dir=${join(folder, 'profile')}`,
      `--window-size=${size},${size}`,
      `--screenshot=${path}.png`,
      `file://${page}`,
    ],
    { stdio: 'ignore' },
  );
}
