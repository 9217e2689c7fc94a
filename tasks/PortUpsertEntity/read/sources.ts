import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import type { Host } from '../../common/agent/host.ts';
import { messageOf } from '../../common/errors.ts';
import { shownPath } from '../../common/inputs/file-inputs.ts';
import {
  type StructuredText,
  describeTextProblem,
  parseStructuredText,
  readJson,
} from '../../common/structured-text/parse.ts';
import { decodeText, encodingOf } from '../../common/text/decode.ts';
import { type EntitySource, encodingFault } from './entity-source.ts';
import { jsonLinesSource, looksLikeJsonLines } from './json-lines.ts';

export function inlineSource(text: string): EntitySource {
  const structured = looksLikeJsonLines(text) ? readInlineLines(text) : parseStructuredText(text);
  return textSource('Input entities', structured);
}

/** So much of a file's beginning is looked at to see whether it is JSON Lines: more than the longest line. */
const sniffed = 1024 * 1024 + 3;

/** A larger JSON or YAML file would not fit into the memory of many agents, in bytes. */
const largestWholeFile = 256 * 1024 * 1024;

/** What is wrong with the file is a problem of its first entry. */
export function fileSource(file: string, host: Host): EntitySource {
  const name = shownPath(host, file);
  const kind = extname(file).toLowerCase();
  try {
    const isLines = kind === '.jsonl' || kind === '.ndjson';
    const isYaml = kind === '.yaml' || kind === '.yml';
    const beginning = readBeginning(file);
    const isUtf16 = encodingOf(beginning) !== 'utf8';
    const hasLines = isLines || (!isYaml && looksLikeJsonLines(decodeText(beginning)));
    if (hasLines && !isUtf16) return jsonLinesSource(file, name);
    if (statSync(file).size > largestWholeFile) {
      const way = hasLines ? 'Write it as UTF-8' : 'Use JSON Lines, which is read as a stream';
      return brokenSource(name, `The file is larger than 256 MiB. ${way}`);
    }
    const bytes = readFileSync(file);
    const fault = isUtf16 ? undefined : encodingFault(bytes);
    if (fault !== undefined) return brokenSource(name, fault);
    const text = decodeText(bytes);
    return textSource(name, hasLines ? readInlineLines(text) : parseStructuredText(text));
  } catch (error) {
    return brokenSource(name, `The file cannot be read (${messageOf(error)})`);
  }
}

function readBeginning(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(sniffed, statSync(file).size));
    return buffer.subarray(0, readSync(descriptor, buffer));
  } finally {
    closeSync(descriptor);
  }
}

export function joinSources(sources: readonly EntitySource[]): EntitySource {
  return {
    async *read({ isWanted, isChecked }) {
      let offset = 0;
      for (const source of sources) {
        let count = 0;
        const isWantedHere = (index: number) => {
          count = Math.max(count, index + 1);
          return isWanted(offset + index);
        };
        for await (const entries of source.read({ isWanted: isWantedHere, isChecked })) {
          yield offset === 0 ? entries : entries.map((entry) => ({ ...entry, index: offset + entry.index }));
        }
        offset += count;
      }
    },
  };
}

function textSource(name: string, { entries, problems }: StructuredText): EntitySource {
  if (problems.length > 0) return brokenSource(name, ...problems.map(describeTextProblem));
  const all = entries.map(({ value, line }, index) => ({
    index,
    value,
    place: () => `${name}, entity ${index + 1}${line > 0 ? ` (line ${line})` : ''}`,
  }));
  return {
    async *read({ isWanted }) {
      yield await Promise.resolve(all.filter(({ index }) => isWanted(index)));
    },
  };
}

export function brokenSource(name: string, ...problems: readonly string[]): EntitySource {
  const all = problems.map((problem, index) => ({ index, value: null, problem, place: () => name }));
  return {
    async *read({ isWanted }) {
      yield await Promise.resolve(all.filter(({ index }) => isWanted(index)));
    },
  };
}

function readInlineLines(text: string): StructuredText {
  const lines = text
    .split('\n')
    .map((content, index) => ({ content, line: index + 1 }))
    .filter(({ content }) => content.trim() !== '');
  const read = lines.map(({ content, line }) => ({ line, ...readJson(content) }));
  return {
    value: null,
    documents: 1,
    entries: read.map(({ value, line }) => ({ value: value ?? null, line })),
    problems: read.flatMap(({ problems, line }) => (problems ?? []).map((problem) => ({ ...problem, line }))),
  };
}
