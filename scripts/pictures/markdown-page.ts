import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { marked } from 'marked';
import { root } from '../manifests.ts';
import { type Theme, themes } from './loop.ts';
import { htmlPage } from './page.ts';

/** A Markdown file at the root as a page of GitHub's, with its pictures in it. */
export function markdownPage(file: string, theme: Theme): string {
  const html = marked.parse(readFileSync(join(root, file), 'utf8'), { async: false, gfm: true });
  return htmlPage(
    styleOf(theme),
    `<main>${html.replace(/(src|srcset)="(images\/[^"]+)"/g, embedded)}</main>`,
  );
}

function embedded(_all: string, attribute: string, path: string): string {
  const type = path.endsWith('.svg') ? 'image/svg+xml' : 'image/png';
  return `${attribute}="data:${type};base64,${readFileSync(join(root, path)).toString('base64')}"`;
}

function styleOf(theme: Theme): string {
  const { page, text, line } = themes[theme];
  const code = theme === 'light' ? '#f6f8fa' : '#151b23';
  const link = theme === 'light' ? '#0969da' : '#4493f8';
  return `
body{background:${page};color:${text};font-size:16px;line-height:1.5}
main{max-width:820px;margin:0 auto;padding:24px 16px}
h1,h2{border-bottom:1px solid ${line};padding-bottom:.3em;line-height:1.25}
h1{font-size:2em}h2{font-size:1.5em;margin-top:24px}h3{font-size:1.25em}
a{color:${link};text-decoration:none}
code{background:${code};border-radius:6px;padding:.2em .4em;font:85% 'DejaVu Sans Mono',monospace}
pre{background:${code};border-radius:6px;padding:16px;overflow:auto;line-height:1.45}
pre code{padding:0;background:none}
img{max-width:100%}
table{border-collapse:collapse;display:block;overflow:auto}
td,th{border:1px solid ${line};padding:6px 13px;text-align:left}
li+li{margin-top:.25em}`;
}
