import { type Node, childrenOf, fieldsOf } from '../grammars.ts';
import type { Commands } from './bash-commands.ts';
import { type WordSource, wordText } from './bash-words.ts';

/** Where a statement reads from, and writes to. */
export interface Redirects {
  readonly stdin: string | undefined;
  /** What a pipe behind a here-document leads to. */
  readonly rest: readonly Node[];
  /** The file that standard output goes to. */
  readonly target: string | undefined;
  readonly isAppended: boolean;
}

export function readRedirects(node: Node, source: WordSource, commands: Commands): Redirects {
  const redirects = fieldsOf(node, 'redirect');
  const documents = redirects.filter(({ type }) => type === 'heredoc_redirect').map(childrenOf);
  const files = [...redirects, ...documents.flat()].filter(({ type }) => type === 'file_redirect');
  const input = files.find(({ text }) => text.startsWith('<'));
  const output = files.find(({ text }) => /^1?>/.test(text) && !text.includes('>&'));
  const [document] = documents;
  return {
    stdin: document === undefined ? fileText(input, source, commands) : hereDocument(document, source),
    rest: documents.flat().filter(({ type }) => ['pipeline', 'command'].includes(type)),
    target: output === undefined ? undefined : destination(output, source),
    isAppended: output?.text.includes('>>') === true,
  };
}

function destination(redirect: Node, source: WordSource): string {
  const [word] = fieldsOf(redirect, 'destination');
  return word === undefined ? '' : wordText(word, source);
}

function fileText(input: Node | undefined, source: WordSource, commands: Commands): string | undefined {
  return input === undefined ? undefined : commands.file(destination(input, source));
}

/** In one whose word is quoted nothing is replaced. */
function hereDocument(parts: readonly Node[], source: WordSource): string {
  const text = parts.find(({ type }) => type === 'heredoc_body');
  const isRaw = /^['"\\]/.test(parts.find(({ type }) => type === 'heredoc_start')?.text ?? '');
  if (text === undefined) return '';
  return isRaw ? source.unmask(text.text) : wordText(text, source);
}
