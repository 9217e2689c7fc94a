import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { byteLength } from '../../common/text/plain-text.ts';

/** Port takes bodies under 1 MiB on every route; half of it leaves room for the rest of the body. */
export const chunkLimit = 512 * 1024;

/** No more of a file's end is read than this, in bytes, however long its lines are. */
const longestTail = 8 * 1024 * 1024;

/** Cuts text at line ends into pieces whose JSON form stays under the limit (bytes); a longer line is cut inside. */
export function chunkLines(text: string, limit = chunkLimit): readonly string[] {
  const chunks: string[] = [];
  let current: string[] = [];
  let size = 0;
  const flush = () => {
    if (current.length > 0) chunks.push(current.join('\n'));
    current = [];
    size = 0;
  };
  for (const line of text
    .replace(/\n+$/, '')
    .split('\n')
    .flatMap((part) => cutLine(part, limit))) {
    const lineSize = jsonSize(line) + 2;
    if (size + lineSize > limit) flush();
    current.push(line);
    size += lineSize;
  }
  flush();
  return chunks.filter((chunk) => chunk.trim() !== '');
}

function jsonSize(text: string): number {
  return byteLength(JSON.stringify(text));
}

function cutLine(line: string, limit: number): readonly string[] {
  if (line.length * 6 + 2 < limit || jsonSize(line) + 2 <= limit) return [line];
  // A UTF-16 unit takes at most 6 bytes in JSON (\u001f); surrogate pairs are kept together.
  const step = Math.max(2, Math.floor((limit - 8) / 6));
  const pieces: string[] = [];
  for (let start = 0; start < line.length;) {
    let end = Math.min(line.length, start + step);
    if (end < line.length && /[\ud800-\udbff]/.test(line.charAt(end - 1))) end--;
    pieces.push(line.slice(start, end));
    start = end;
  }
  return pieces;
}

/** Cuts text to a number of bytes at a line end, and says so. */
export function cutText(text: string, limit: number): string {
  if (byteLength(text) <= limit) return text;
  const cut = Buffer.from(text)
    .subarray(0, limit - 32)
    .toString('utf8')
    .replace(/\ufffd$/, '');
  const end = cut.lastIndexOf('\n');
  return `${end > 0 ? cut.slice(0, end) : cut}\n… (cut)`;
}

/**
 * The last lines of a file, read from its end. UTF-8, and UTF-16 with a byte order mark, which Windows PowerShell writes.
 * @throws Error of node:fs where the file cannot be read.
 */
export function readTail(file: string, lines: number): string {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const mark = readAt(descriptor, 0, Math.min(2, size));
    const encoding = mark[0] === 0xff && mark[1] === 0xfe ? 'utf16le' : 'utf8';
    let tail = Buffer.alloc(0);
    let start = size;
    while (start > 0 && tail.length < longestTail && countLines(tail, encoding) <= lines) {
      const length = Math.min(64 * 1024, start);
      start -= length;
      tail = Buffer.concat([readAt(descriptor, start, length), tail]);
    }
    const text = tail
      .toString(encoding)
      .replace(/^\ufeff/, '')
      .replace(/\r\n/g, '\n')
      .replace(/\n$/, '');
    return text.split('\n').slice(-lines).join('\n');
  } finally {
    closeSync(descriptor);
  }
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  const read = readSync(descriptor, buffer, 0, length, position);
  return buffer.subarray(0, read);
}

function countLines(buffer: Buffer, encoding: 'utf8' | 'utf16le'): number {
  let count = 0;
  for (let at = buffer.indexOf(10); at >= 0; at = buffer.indexOf(10, at + 1)) count++;
  return encoding === 'utf8' ? count : Math.floor(count / 2);
}

/** Relative paths start at the sources directory. */
export function resolveFile(file: string, sourcesDirectory: string | undefined): string {
  return isAbsolute(file) || sourcesDirectory === undefined ? file : join(sourcesDirectory, file);
}
