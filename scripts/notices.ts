import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** The third-party notices of a bundle: name, version and licence text of every package that esbuild took a file from. */
export async function noticesOf(
  root: string,
  inputs: readonly string[],
  product = 'This task',
): Promise<string> {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined));
  const notices = await Promise.all([...folders].sort().map((folder) => noticeOf(join(root, folder))));
  return `${product} contains the following third-party software.\n\n${notices.join('\n')}`;
}

function packageFolder(input: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

async function noticeOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  ) as Manifest;
  const file = (await readdir(folder)).find((candidate) =>
    /^(licen[cs]e|copying)(\.(md|txt|mit))?$/i.test(candidate),
  );
  const text = file === undefined ? '' : `\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`;
  if (text === '' && license === undefined) throw new Error(`${name} has no licence: it cannot be shipped`);
  return `${heading(`${name} ${version} (${license ?? 'see text'})`)}${text}${compiledIn(name, text)}`;
}

/** Compiled to WebAssembly in @vscode/tree-sitter-wasm; all are under the MIT licence. */
const grammars = [
  ['tree-sitter', 'Copyright (c) 2018 Max Brunsfeld'],
  ['tree-sitter-bash', 'Copyright (c) 2017 Max Brunsfeld'],
  ['tree-sitter-powershell', 'Copyright (c) 2023 Airbus CERT'],
  ['tree-sitter-python', 'Copyright (c) 2016 Max Brunsfeld'],
] as const;

function grammarNotices(licence: string): string {
  return grammars
    .map(([name, copyright]) => {
      const own = licence.replace(/^ *Copyright .*$/m, copyright);
      if (own === licence) throw new Error("tree-sitter-wasm's licence has no line of copyright any more");
      return `\n${heading(`${name} (MIT), compiled into @vscode/tree-sitter-wasm`)}${own}`;
    })
    .join('');
}

/** undici holds llhttp, compiled to WebAssembly, under the same licence with a copyright of its own. */
function compiledIn(name: string, licence: string): string {
  if (name === '@vscode/tree-sitter-wasm') return grammarNotices(licence);
  if (name !== 'undici') return '';
  const own = licence.replace(/^Copyright .*$/m, 'Copyright Fedor Indutny, 2018.');
  if (own === licence) throw new Error("undici's licence has no line of copyright any more: see to llhttp's");
  return `\n${heading('llhttp (MIT), compiled into undici')}${own}`;
}

function heading(title: string): string {
  return `${'-'.repeat(80)}\n${title}\n`;
}
