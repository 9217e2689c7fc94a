import { createReadStream } from 'node:fs';

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
