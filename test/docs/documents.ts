import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import GithubSlugger from 'github-slugger';
import { type Token, type Tokens, marked } from 'marked';
import { root } from '../../scripts/manifests.ts';

/** A Markdown file of the repository, read once. */
export interface Document {
  /** Relative to the repository, with slashes on each system. */
  readonly path: string;
  readonly text: string;
  /** Ids that GitHub gives to the headings. */
  readonly anchors: ReadonlySet<string>;
  /** Addresses of links and pictures. */
  readonly links: readonly string[];
  readonly codeBlocks: readonly { readonly language: string; readonly text: string }[];
}

const folders = ['docs', 'examples', 'tasks', 'bench', 'setup', 'local', 'test', '.github'];

export const documents: readonly Document[] = [
  ...readdirSync(root),
  ...folders.filter((folder) => existsSync(join(root, folder))).flatMap(filesBelow),
]
  .filter((path) => path.endsWith('.md'))
  .sort()
  .map(readDocument);

export const documentAt = (path: string): Document => {
  const found = documents.find((each) => each.path === posix.normalize(path));
  if (found === undefined) throw new Error(`There is no ${path}.`);
  return found;
};

/** Where a link of a document leads, relative to the repository; undefined for the web. */
export function targetOf({ path }: Document, link: string): { file: string; anchor: string } | undefined {
  if (/^[a-z]+:/i.test(link)) return undefined;
  const [file = '', anchor = ''] = link.split('#');
  return { file: file === '' ? path : posix.join(posix.dirname(path), decodeURI(file)), anchor };
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
    posix.join(folder, name.replaceAll('\\', '/')),
  );
}

function readDocument(path: string): Document {
  const text = readFileSync(join(root, path), 'utf8');
  const slugger = new GithubSlugger();
  const [anchors, links, codeBlocks] = [new Set<string>(), [] as string[], [] as Tokens.Code[]];
  const look = (token: Token): void => {
    if (token.type === 'heading') anchors.add(slugger.slug(plainText(token)));
    if (token.type === 'link' || token.type === 'image') links.push((token as Tokens.Link).href);
    if (token.type === 'html')
      links.push(...[...token.raw.matchAll(/(?:src|href|srcset)="([^"]+)"/g)].map(([, href = '']) => href));
    if (token.type === 'code') codeBlocks.push(token as Tokens.Code);
  };
  void marked.walkTokens(marked.lexer(text), look);
  return {
    path,
    text,
    anchors,
    links,
    codeBlocks: codeBlocks.map(({ lang = '', text }) => ({ language: lang.split(' ')[0] ?? '', text })),
  };
}

function plainText(token: Token): string {
  const { tokens = [], text = '' } = token as { tokens?: Token[]; text?: string };
  return tokens.length > 0 ? tokens.map(plainText).join('') : text;
}
