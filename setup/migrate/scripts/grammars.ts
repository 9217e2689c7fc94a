import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as treeSitterModule from '@vscode/tree-sitter-wasm';
import type { Node } from '@vscode/tree-sitter-wasm';

export type { Node } from '@vscode/tree-sitter-wasm';
export type Grammar = 'bash' | 'powershell' | 'python';

type TreeSitter = typeof treeSitterModule;

/** What the build puts beside the command line: the parsers' files, with their names there. */
export const grammarFiles: readonly (readonly [from: string, to: string])[] = [
  ['tree-sitter.js', 'tree-sitter.cjs'],
  ...['', '-bash', '-powershell', '-python'].map(
    (part) => [`tree-sitter${part}.wasm`, `tree-sitter${part}.wasm`] as const,
  ),
];

const require = createRequire(join(import.meta.dirname, 'any.js'));

/** The build sets `import.meta.dirname` to the bundle's folder. */
const besideBundle = join(import.meta.dirname, 'grammars');
const isBuilt = existsSync(besideBundle);
const grammarFolder = (): string =>
  isBuilt ? besideBundle : dirname(require.resolve('@vscode/tree-sitter-wasm'));

const wasm = (name: string): Promise<Uint8Array> =>
  readFile(join(grammarFolder(), `tree-sitter${name}.wasm`));

async function load(): Promise<TreeSitter> {
  const folder = grammarFolder();
  const treeSitter = require(join(folder, isBuilt ? 'tree-sitter.cjs' : 'tree-sitter.js')) as TreeSitter;
  await treeSitter.Parser.init({ locateFile: () => join(folder, 'tree-sitter.wasm') });
  return treeSitter;
}

let loaded: Promise<TreeSitter> | undefined;
const parsers = new Map<Grammar, Promise<InstanceType<TreeSitter['Parser']>>>();

async function parserOf(grammar: Grammar): Promise<InstanceType<TreeSitter['Parser']>> {
  const { Language, Parser } = await (loaded ??= load());
  const parser = new Parser();
  parser.setLanguage(await Language.load(await wasm(`-${grammar}`)));
  return parser;
}

/** The tree of a script. What the grammar does not know is an ERROR node in it; the rest is read all the same. */
export async function parseScript(grammar: Grammar, text: string): Promise<Node> {
  const parser = parsers.get(grammar) ?? parserOf(grammar);
  parsers.set(grammar, parser);
  const tree = (await parser).parse(text);
  if (tree === null) throw new TypeError(`the ${grammar} parser has no language`);
  return tree.rootNode;
}

/** The named children of a node, in order. */
export const childrenOf = (node: Node): readonly Node[] =>
  node.namedChildren.filter((child) => child !== null);

/** The children that have this name in the grammar. */
export const fieldsOf = (node: Node, name: string): readonly Node[] =>
  node.childrenForFieldName(name).filter((child) => child !== null);

/**
 * The text of a node in which children have values of their own.
 * @param literal reads the text between them, escapes and all
 * @param value a child's value; undefined where it is only text
 */
export function composed(
  node: Node,
  [start, end]: readonly [start: number, end: number],
  literal: (text: string) => string,
  value: (child: Node) => string | undefined,
): string {
  let text = '';
  let at = start;
  const read = (to: number) => literal(node.text.slice(at, Math.max(at, to)));
  for (const child of childrenOf(node)) {
    const own = value(child);
    if (own === undefined) continue;
    text += read(child.startIndex - node.startIndex) + own;
    at = child.endIndex - node.startIndex;
  }
  return text + read(end);
}
