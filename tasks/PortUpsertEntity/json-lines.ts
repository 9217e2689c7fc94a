import { statSync } from 'node:fs';
import { InputError } from '../common/errors.ts';
import { largestRequest } from '../common/port/entities/write-entities.ts';
import { readJson, type Structured } from '../common/structured-text/parse.ts';
import { readLines, type Line } from './lines.ts';
import { encodingFault, type EntitySource, type ReadOptions, type SourceEntry } from './entry.ts';

/** A JSON Lines file: one entity a line, read as a stream each time. */
export function jsonLinesSource(file: string, name: string): EntitySource {
  const state = stateOf(file);
  return {
    async *read(options) {
      let index = 0;
      for await (const lines of readLines(file, largestRequest)) {
        const entries: SourceEntry[] = [];
        for (const line of lines) {
          if (isBlank(line)) continue;
          if (options.isWanted(index)) entries.push(readLine(line, index, { name, ...options }));
          index += 1;
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
