import { isUtf8 } from 'node:buffer';

export type TextEncodingOfFile = 'utf8' | 'utf16le' | 'utf16be';

/** The encoding that a byte order mark names; UTF-8 without one. */
export function encodingOf(beginning: Buffer): TextEncodingOfFile {
  const [first, second] = beginning;
  if (first === 0xff && second === 0xfe) return 'utf16le';
  return first === 0xfe && second === 0xff ? 'utf16be' : 'utf8';
}

/**
 * A file's bytes as text without a byte order mark. What claims to be UTF-8 and is not is windows-1252, which older tools of
 * Windows write: decoded with losses, a secret in it would not be found.
 * @param cut where the bytes are a part of the file, the side at which a character may be cut; it is left out.
 */
export function decodeText(bytes: Buffer, encoding = encodingOf(bytes), cut?: 'start' | 'end'): string {
  if (encoding === 'utf8') {
    const whole = cut === undefined ? bytes : withoutCutCharacter(bytes, cut);
    const text = isUtf8(whole) ? whole.toString('utf8') : new TextDecoder('windows-1252').decode(bytes);
    return text.replace(/^\ufeff/, '');
  }
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const littleEndian = encoding === 'utf16be' ? Buffer.from(even).swap16() : even;
  return littleEndian.toString('utf16le').replace(/^\ufeff/, '');
}

/** At most three bytes of a character in UTF-8 are missing; all but its first have the form 10xxxxxx. */
function withoutCutCharacter(bytes: Buffer, cut: 'start' | 'end'): Buffer {
  const parts = [0, 1, 2, 3].map((count) =>
    cut === 'start' ? bytes.subarray(count) : bytes.subarray(0, bytes.length - count),
  );
  return parts.find((part) => isUtf8(part)) ?? bytes;
}
