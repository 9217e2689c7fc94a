import { type Document, LineCounter, Scalar, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import { oneLine } from '../text/plain-text.ts';
import { likelyCause } from './causes.ts';
import {
  PlainScalar,
  type Structured,
  type StructuredEntry,
  type TextProblem,
  deepestNesting,
  setOwn,
} from './value.ts';

/** How many values aliases may repeat in one text: enough for honest use, too few for a text that unfolds into gigabytes. */
const mostAliasedValues = 10_000;

/** A syntax error mostly brings others behind it; only the first ones help. */
const mostSyntaxProblems = 3;

/** YAML 1.1, in which many people still write, has these words for booleans. */
const oldBooleans: ReadonlyMap<string, boolean> = new Map([
  ...['yes', 'Yes', 'YES', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['no', 'No', 'NO', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);

const nestedTooDeeply = 'The text is nested too deeply';

export interface YamlDocument {
  readonly value: Structured;
  /** The entries of a document that is a list; otherwise the document itself. */
  readonly entries: readonly StructuredEntry[];
}

export interface YamlText {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly TextProblem[];
}

/**
 * Reads all documents of a YAML 1.2 text and keeps plain scalars as they were written.
 * @param isJson the text is JSON: nothing in it is left open, and a number that a double cannot hold is a problem.
 */
export function readYaml(text: string, isJson = false): YamlText {
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
      schema: isJson ? 'json' : 'core',
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
            : `${oneLine(message)}${likelyCause(code, message)}`,
        });
      }
    }
    if (problems.length > 0) return { documents: [], problems: problems.slice(0, mostSyntaxProblems) };
    const read = documents.map((document) => {
      const reader = new NodeReader(document, {
        isJson,
        problem: (offset, message) => problems.push({ ...at(offset), message }),
      });
      return reader.readDocument((offset) => at(offset).line);
    });
    return { documents: read, problems };
  } catch (error) {
    // The parser works recursively.
    if (!(error instanceof RangeError)) throw error;
    return { documents: [], problems: [{ line: 1, column: 0, message: nestedTooDeeply }] };
  }
}

interface NodeReaderOptions {
  readonly isJson: boolean;
  readonly problem: (offset: number, message: string) => void;
}

class NodeReader {
  readonly #document: Document.Parsed;
  readonly #options: NodeReaderOptions;
  #aliased = 0;
  #insideAlias = 0;

  constructor(document: Document.Parsed, options: NodeReaderOptions) {
    this.#document = document;
    this.#options = options;
  }

  readDocument(lineOf: (offset: number) => number): YamlDocument {
    const { contents } = this.#document;
    const nodes: readonly unknown[] = isSeq(contents) ? contents.items : [contents];
    const entries = nodes.map((node) => ({ value: this.read(node, 1), line: lineOf(offsetOf(node)) }));
    return {
      value: isSeq(contents) ? entries.map(({ value }) => value) : (entries[0]?.value ?? null),
      entries,
    };
  }

  read(node: unknown, depth: number): Structured {
    if (depth > deepestNesting)
      return this.#refuse(node, `The text is nested deeper than ${deepestNesting} levels`);
    if (this.#insideAlias > 0 && ++this.#aliased > mostAliasedValues) {
      if (this.#aliased > mostAliasedValues + 1) return null;
      return this.#refuse(node, `Aliases repeat more than ${mostAliasedValues} values`);
    }
    if (isScalar(node)) return this.#scalar(node);
    if (isSeq(node)) return node.items.map((item) => this.read(item, depth + 1));
    if (isMap(node)) return this.#map(node, depth);
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target === undefined)
        return this.#refuse(
          node,
          `There is no anchor &${oneLine(node.source, 60)}. A value that begins with * needs quotes`,
        );
      this.#insideAlias++;
      const value = this.read(target, depth + 1);
      this.#insideAlias--;
      return value;
    }
    return null;
  }

  #map(node: { items: readonly { key: unknown; value: unknown }[] }, depth: number): Structured {
    const result: Record<string, Structured> = {};
    for (const { key, value } of node.items) {
      const name = keyText(key);
      if (name === undefined) this.#refuse(key, 'A key must be text');
      else if (name === '<<' && isAlias(value))
        this.#refuse(key, 'Merge keys are not supported. Write the keys out');
      else if (Object.hasOwn(result, name))
        this.#refuse(key, `The key "${oneLine(name, 60)}" stands here twice`);
      else setOwn(result, name, this.read(value, depth + 1));
    }
    return result;
  }

  #scalar(node: Scalar): Structured {
    const { value, source } = node;
    const isPlain = node.type === Scalar.PLAIN && node.tag === undefined;
    if (typeof value === 'string') {
      const old = isPlain && !this.#options.isJson ? oldBooleans.get(value) : undefined;
      return old === undefined ? value : new PlainScalar(value, old);
    }
    if (typeof value !== 'number' && typeof value !== 'boolean') {
      return source === undefined || source === '' || this.#options.isJson
        ? null
        : new PlainScalar(source, null);
    }
    if (isPlain && !this.#options.isJson) return new PlainScalar(source ?? String(value), value);
    if (typeof value === 'number' && !isExact(source ?? '', value)) {
      return this.#refuse(
        node,
        `The number ${oneLine(source ?? '', 60)} cannot be sent as a number without changing it. Put it in quotes to send it as text`,
      );
    }
    return value;
  }

  #refuse(node: unknown, message: string): null {
    this.#options.problem(offsetOf(node), message);
    return null;
  }
}

/** A key is text, whatever it looks like: `1`, `true` and `null` too. */
function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  return key.source ?? String(key.value);
}

function offsetOf(node: unknown): number {
  const { range } = (node ?? {}) as { range?: readonly number[] | null };
  return range?.[0] ?? 0;
}

/** Whether a number can be written as JSON without changing its value: finite, and no integer beyond a double's 53 bits. */
export function isExact(text: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (Number.isSafeInteger(value) || !Number.isInteger(value)) return true;
  return !/^[-+]?\d+$/.test(text) || BigInt(text.replace('+', '')) === BigInt(value);
}
