import { isUtf8 } from 'node:buffer';

export type TextEncodingOfFile = 'utf8' | 'utf16le' | 'utf16be';

/** So many bytes of a file's beginning tell its encoding. */
export const sampleSize = 512;

/** What the bytes 0x80 to 0x9f are in windows-1252. Node 20's own TextDecoder takes them for the control codes of ISO 8859-1. */
const windowsSigns = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

const lineFeed = 0x0a;

/** The encoding that a byte order mark names, or in which every second byte is mostly null; else UTF-8. */
export function encodingOf(beginning: Buffer): TextEncodingOfFile {
  const [first, second] = beginning;
  if (first === 0xff && second === 0xfe) return 'utf16le';
  if (first === 0xfe && second === 0xff) return 'utf16be';
  const units = Math.floor(Math.min(beginning.length, sampleSize) / 2);
  const nulls = [0, 1].map(
    (side) =>
      Array.from({ length: units }, (_, unit) => beginning[2 * unit + side]).filter((byte) => byte === 0)
        .length,
  );
  const [high = 0, low = 0] = nulls;
  if (units < 2 || Math.max(high, low) <= units / 2) return 'utf8';
  if (low > 4 * high) return 'utf16le';
  return high > 4 * low ? 'utf16be' : 'utf8';
}

/**
 * A file's bytes as text without a byte order mark. What claims to be UTF-8 and is not is windows-1252, which older tools of
 * Windows write: decoded with losses, a secret in it would not be found. Several tools may have written one log, so that this is
 * decided for each line.
 * @param cut where the bytes are a part of the file, the side at which a character may be cut; it is left out.
 */
export function decodeText(bytes: Buffer, encoding = encodingOf(bytes), cut?: 'start' | 'end'): string {
  if (encoding === 'utf8') {
    const whole = cut === undefined ? bytes : withoutCutCharacter(bytes, cut);
    return (isUtf8(whole) ? whole.toString('utf8') : decodeLines(bytes)).replace(/^\ufeff/, '');
  }
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const littleEndian = encoding === 'utf16be' ? Buffer.from(even).swap16() : even;
  return littleEndian.toString('utf16le').replace(/^\ufeff/, '');
}

function decodeLines(bytes: Buffer): string {
  const parts: string[] = [];
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(lineFeed, start);
    const end = found < 0 ? bytes.length : found + 1;
    const line = bytes.subarray(start, end);
    parts.push(isUtf8(line) ? line.toString('utf8') : decodeWindows1252(line));
    start = end;
  }
  return parts.join('');
}

function decodeWindows1252(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (sign) => windowsSigns.charAt(sign.charCodeAt(0) - 0x80));
}

/** At most three bytes of a character in UTF-8 are missing; all but its first have the form 10xxxxxx. */
function withoutCutCharacter(bytes: Buffer, cut: 'start' | 'end'): Buffer {
  const parts = [0, 1, 2, 3].map((count) =>
    cut === 'start' ? bytes.subarray(count) : bytes.subarray(0, bytes.length - count),
  );
  return parts.find((part) => isUtf8(part)) ?? bytes;
}
