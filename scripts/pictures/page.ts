import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** What the pages of all pictures share: a font that is the same on every machine, and text made safe. */

const font = readFileSync(
  createRequire(import.meta.url).resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'),
).toString('base64');

/** A whole HTML document. The font is embedded: a page that is set by text may not read files. */
export function htmlPage(style: string, body: string): string {
  const face = `@font-face{font-family:Inter;font-weight:100 900;src:url(data:font/woff2;base64,${font})}`;
  return `<!doctype html><html><head><meta charset="utf-8"><style>${face}\n*{box-sizing:border-box}body{margin:0;font-family:Inter,sans-serif}\n${style}</style></head><body>${body}</body></html>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
