import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where systems put Chromium, or Chrome. */
const usualPaths = [
  ...['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser that the variable CHROMIUM names, else one that this machine has; undefined where it has none. */
export const findChromium = (): string | undefined => process.env.CHROMIUM ?? usualPaths.find(existsSync);

/** @throws Error where there is none */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath !== undefined) return chromium.launch({ executablePath, args: ['--no-sandbox'] });
  throw new Error('There is no Chromium. Install it, or name one by the variable CHROMIUM.');
}
