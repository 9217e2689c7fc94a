import { createReadStream, statSync } from 'node:fs';
import { InputError } from '../../common/errors.ts';
import { largestRequest, mostEntitiesPerCall } from '../../common/port/entities/write-entities.ts';
import { type Structured, readJson } from '../../common/structured-text/parse.ts';
import { type EntitySource, type ReadOptions, type SourceEntry, encodingFault } from './entity-source.ts';

/** A JSON Lines file: one entity a line, read as a stream each time. */
export function jsonLinesSource(file: string, name: string): EntitySource {
  const state = stateOf(file);
  return {
    async *read(options) {
      let index = 0;
      for await (const lines of readLines(file, largestRequest)) {
        let entries: SourceEntry[] = [];
        for (const line of lines) {
          if (isBlank(line)) continue;
          if (options.isWanted(index)) entries.push(readLine(line, index, { name, ...options }));
          index += 1;
          // A call is not kept waiting for all of them.
          if (entries.length < mostEntitiesPerCall) continue;
          yield entries;
          entries = [];
        }
        if (entries.length > 0) yield entries;
      }
      // What was checked is not what is read now.
      if (stateOf(file) !== state)
        throw new InputError([`${name} was changed while it was read. Write it before this step.`]);
    },
  };
}

/** Whether a text is JSON Lines, or a single line of JSON, and no one object over several lines. */
export function looksLikeJsonLines(text: string): boolean {
  const start = text.trimStart();
  if (!start.startsWith('{')) return false;
  try {
    JSON.parse(start.slice(0, start.includes('\n') ? start.indexOf('\n') : undefined));
    return true;
  } catch {
    return false;
  }
}

function readLine(line: Line, index: number, options: ReadOptions & { name: string }): SourceEntry {
  const place = () => `${options.name} line ${line.number}`;
  const broken = (problem: string, column = 0) => ({
    index,
    value: null,
    problem,
    place: column === 0 ? place : () => `${place()}, column ${column}`,
  });
  if (line.bytes === undefined) return broken('The line is longer than 1 MiB, more than Port takes');
  if (!options.isChecked) {
    const fault = encodingFault(line.bytes);
    if (fault !== undefined) return broken(fault);
  }
  const text = line.bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (options.isChecked)
    return { index, place, bytes: line.bytes.length, value: JSON.parse(text) as Structured };
  const { value, problems } = readJson(text);
  const [first] = problems ?? [];
  return first === undefined ? { index, place, value: value ?? null } : broken(first.message, first.column);
}

function isBlank({ bytes }: Line): boolean {
  if (bytes === undefined || bytes.length > 64) return false;
  return bytes.toString('latin1').trim() === '';
}

function stateOf(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return `${size} ${mtimeMs}`;
}

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Undefined where the line is longer than the limit. */
  readonly bytes: Buffer | undefined;
}

const lineFeed = 0x0a;

/** Large enough to keep the reading cheap, small enough not to show in the memory of the process. */
const chunkSize = 128 * 1024;

/**
 * The lines of a file, some at a time, read no faster than they are asked for. Memory does not grow with the file, nor with
 * the length of a line beyond the limit.
 * @param longest in bytes.
 */
export async function* readLines(file: string, longest: number): AsyncGenerator<readonly Line[]> {
  let number = 0;
  let begun: Buffer[] = [];
  let begunLength = 0;
  const end = (piece: Buffer): Line => {
    number += 1;
    const isTooLong = begunLength + piece.length > longest;
    const bytes = isTooLong ? undefined : begun.length === 0 ? piece : Buffer.concat([...begun, piece]);
    begun = [];
    begunLength = 0;
    return { number, bytes };
  };
  for await (const chunk of createReadStream(file, { highWaterMark: chunkSize }) as AsyncIterable<Buffer>) {
    const lines: Line[] = [];
    let start = 0;
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, start)) {
      lines.push(end(chunk.subarray(start, at)));
      start = at + 1;
    }
    const rest = chunk.subarray(start);
    if (begunLength <= longest && rest.length > 0) begun.push(rest);
    begunLength += rest.length;
    yield lines;
  }
  if (begunLength > 0) yield [end(Buffer.alloc(0))];
}
