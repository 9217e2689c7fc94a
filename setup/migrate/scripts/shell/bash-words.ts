import { unknown } from '../../read/value.ts';
import { type Node, childrenOf, composed } from '../grammars.ts';

/** What a word needs of the script around it. */
export interface WordSource {
  /** The text with what the agent replaces before the script runs. */
  unmask(text: string): string;
  variable(name: string): string;
  /** The items of an array; undefined where it is none. */
  array(name: string): readonly string[] | undefined;
  /** What the commands print. */
  outputOf(substitution: Node): string;
}

const ansiEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** `${name}`, `${name:-default}` and the like. */
function expansion(node: Node, source: WordSource): string {
  const [name, ...rest] = childrenOf(node);
  if (name?.type !== 'variable_name') return unknown(node.text);
  const plain = new RegExp(`^\\$\\{${name.text}\\}$`).test(node.text);
  if (plain) return source.variable(name.text);
  const [, operator] = new RegExp(`^\\$\\{${name.text}(:?[-=?])`).exec(node.text) ?? [];
  if (operator === undefined) return unknown(node.text);
  if (operator.endsWith('?')) return source.variable(name.text);
  const value = source.variable(name.text);
  // The default counts where the variable is empty, which nobody can see from here.
  return value === '' && rest[0] !== undefined ? wordText(rest[0], source) : value;
}

const inQuotes = (text: string): string => text.replace(/\\\r?\n/g, '').replace(/\\([$`"\\])/g, '$1');
const bare = (text: string): string => text.replace(/\\\r?\n/g, '').replace(/\\(.)/gs, '$1');

/** A part of a word that the shell replaces; undefined for text. */
export function expanded(node: Node, source: WordSource): string | undefined {
  switch (node.type) {
    case 'simple_expansion':
      return source.variable(node.text.slice(1));
    case 'expansion':
      return expansion(node, source);
    case 'command_substitution':
      return source.outputOf(node);
    case 'arithmetic_expansion':
    case 'process_substitution':
      return unknown(node.text);
    default:
      return undefined;
  }
}

/** The text of a word, or of a here-document. */
export function wordText(node: Node, source: WordSource): string {
  const part = (child: Node) => expanded(child, source);
  switch (node.type) {
    case 'raw_string':
      return source.unmask(node.text.slice(1, -1));
    case 'ansi_c_string':
      return source.unmask(
        node.text.slice(2, -1).replace(/\\(.)/gs, (all, sign: string) => ansiEscapes[sign] ?? all),
      );
    case 'string':
      return composed(node, [1, node.text.length - 1], (text) => source.unmask(inQuotes(text)), part);
    case 'translated_string':
      return childrenOf(node)
        .map((child) => wordText(child, source))
        .join('');
    case 'concatenation':
      return composed(
        node,
        [0, node.text.length],
        (text) => source.unmask(bare(text)),
        (child) => wordText(child, source),
      );
    case 'heredoc_body':
      return composed(node, [0, node.text.length], (text) => source.unmask(inHereDocument(text)), part);
    default:
      return part(node) ?? source.unmask(bare(node.text));
  }
}

const inHereDocument = (text: string): string => text.replace(/\\\r?\n/g, '').replace(/\\([$`\\])/g, '$1');

/** The words that an argument becomes: several for `"${array[@]}"`. */
export function words(node: Node, source: WordSource): readonly string[] {
  const [, name] = /^"?\$\{(\w+)\[[@*]\]\}"?$/.exec(node.text) ?? [];
  const array = name === undefined ? undefined : source.array(name);
  if (array !== undefined) return array;
  const bareName = /^\$\{?(\w+)\}?$/.exec(node.text)?.[1];
  // The shell takes an unquoted variable apart: CURL_OPTIONS="-s -f".
  if (bareName === undefined || !['simple_expansion', 'expansion'].includes(node.type))
    return [wordText(node, source)];
  const text = wordText(node, source);
  return /^-[^\uE000]*$/.test(text) ? text.split(/\s+/) : [text];
}
