import { fstatSync, readSync } from 'node:fs';
import { type TextEncodingOfFile, decodeText, encodingOf, sampleSize } from '../../common/text/decode.ts';
import { byteLength, plainText } from '../../common/text/plain-text.ts';

/** Port takes bodies under 1 MiB on every route; half of it leaves room for the rest of the body. */
export const chunkLimit = 512 * 1024;

/** No more of a file's end is read than this, in bytes, however long its lines are. */
const longestTail = 8 * 1024 * 1024;

/** Four times the longest summary: codes and control characters are taken out before it is cut. */
const longestBeginning = 1024 * 1024;

/** Half of a secret at the cut would not be found. A variable is at most so long on Windows. */
const longestSecret = 32 * 1024;

const lineEnds: Readonly<Record<TextEncodingOfFile, Buffer>> = {
  utf8: Buffer.from([0x0a]),
  utf16le: Buffer.from([0x0a, 0]),
  utf16be: Buffer.from([0, 0x0a]),
};

/** A carriage return, or the code that erases the line. */
const redrawn = /\r|\u001b\[2K/;

/** Cuts text at line ends into pieces whose JSON form stays under the limit (bytes); a longer line is cut inside. */
export function chunkLines(text: string, limit = chunkLimit): readonly string[] {
  const chunks: string[] = [];
  let current: string[] = [];
  let size = 0;
  const flush = () => {
    chunks.push(current.join('\n'));
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
  if (jsonSize(line) + 2 <= limit) return [line];
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
 * The last lines of an open file as a terminal shows them, read from its end.
 * @throws Error of node:fs where the file cannot be read.
 */
export function readTail(descriptor: number, lines: number): string {
  const { size } = fstatSync(descriptor);
  const encoding = encodingOf(readAt(descriptor, 0, sampleSize));
  const end = encoding === 'utf8' ? size : size - (size % 2);
  let tail = Buffer.alloc(0);
  let start = end;
  while (start > 0 && tail.length < longestTail && countLines(tail, encoding) <= lines) {
    const length = Math.min(64 * 1024, start);
    start -= length;
    tail = Buffer.concat([readAt(descriptor, start, length), tail]);
  }
  const shown = decodeText(tail, encoding, start > 0 ? 'start' : undefined)
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  return shown.slice(-lines).map(lastState).join('\n');
}

/** The beginning of an open file; that it was cut is said. */
export function readBeginning(descriptor: number): string {
  const { size } = fstatSync(descriptor);
  const bytes = readAt(descriptor, 0, Math.min(size, longestBeginning));
  if (size <= longestBeginning) return decodeText(bytes);
  const text = decodeText(bytes, encodingOf(bytes), 'end').slice(0, -longestSecret);
  const end = text.lastIndexOf('\n');
  return `${end > 0 ? text.slice(0, end) : text}\n… (cut)`;
}

/** What is seen last of a line that a progress bar drew again and again. */
function lastState(line: string): string {
  const states = line.split(redrawn).filter((state) => plainText(state).trim() !== '');
  return states.at(-1) ?? '';
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  const read = readSync(descriptor, buffer, 0, length, position);
  return buffer.subarray(0, read);
}

/** Other letters of UTF-16 hold the byte of a line end as well, and so do two of them across their border. */
function countLines(buffer: Buffer, encoding: TextEncodingOfFile): number {
  const sign = lineEnds[encoding];
  let count = 0;
  for (let at = buffer.indexOf(sign); at >= 0; at = buffer.indexOf(sign, at + 1))
    if (at % sign.length === 0) count++;
  return count;
}
