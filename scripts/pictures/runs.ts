import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Item } from '../../local/page/view.ts';
import { root } from '../manifests.ts';

/** Runs in Port, as the page of the local loop shows them: its own files, with what it would be sent in place of its server. */

const file = (name: string): string => readFileSync(join(root, 'local', 'page', name), 'utf8');

export const runsStyle = `${file('page.css')}
body{padding:0;max-width:none;background:none;font-family:Inter,sans-serif}
#picture{width:760px;padding:4px 20px 20px;border:1px solid var(--line);border-radius:8px;background:light-dark(#fff,#0d1117)}`;

export function runsPage(runs: readonly Item[]): string {
  const data = JSON.stringify(JSON.stringify({ groups: [], runs })).replaceAll('<', '\\u003c');
  return `<div id="picture"><section><h2>Runs in Port</h2><div id="runs"></div></section></div>
<div hidden><p id="state"></p><div id="groups"></div></div>
<script>window.EventSource = class { constructor() { setTimeout(() => this.onmessage({ data: ${data} })); } };</script>
<script type="module">${file('page.js')}</script>`;
}
