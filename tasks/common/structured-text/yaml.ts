import { LineCounter, parseAllDocuments } from 'yaml';
import { oneLine } from '../text/plain-text.ts';
import { likelyCause } from './causes.ts';
import type { TextProblem } from './value.ts';
import { NodeReader, TooMuch, type YamlDocument, nestedTooDeeply } from './yaml-nodes.ts';

/** A syntax error mostly brings others behind it; only the first ones help. */
const mostSyntaxProblems = 3;

export interface YamlText {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly TextProblem[];
}

/** Reads all documents of a YAML 1.2 text and keeps plain scalars as they were written. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const problems: TextProblem[] = [];
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  try {
    const parsed = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      schema: 'core',
      logLevel: 'silent',
    });
    const documents = [...parsed];
    for (const { errors, warnings } of documents) {
      for (const { code, message, pos } of [...errors, ...warnings].slice(0, mostSyntaxProblems)) {
        problems.push({
          ...at(pos[0]),
          // The parser works recursively, and makes an error of its own of what the engine throws.
          message: message.includes('Maximum call stack size')
            ? nestedTooDeeply
            : `${withoutText(message)}${likelyCause(code, message)}`,
        });
      }
    }
    if (problems.length > 0) return { documents: [], problems: problems.slice(0, mostSyntaxProblems) };
    const read = documents.map((document) => {
      const reader = new NodeReader(document, (offset, message) => problems.push({ ...at(offset), message }));
      return reader.readDocument((offset) => at(offset).line);
    });
    return { documents: read, problems };
  } catch (error) {
    if (error instanceof TooMuch) return { documents: [], problems };
    // The parser works recursively.
    if (!(error instanceof RangeError)) throw error;
    return { documents: [], problems: [{ line: 1, column: 0, message: nestedTooDeeply }] };
  }
}

/** The parser's words without what it quotes, which may be long, or a secret. */
function withoutText(message: string): string {
  if (/^\S+ used for /.test(message)) return 'The tag does not suit its value';
  const words = message.replace(/(?<=\w): .*$/s, '').replace(/[!%&*]\S+/g, '…');
  return oneLine(words.replace(/(?<=sequence|plain scalar|directive|version) .*$/s, ''));
}
