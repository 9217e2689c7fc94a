import { randomInt } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** An identifier as Port makes them: a prefix and 16 letters or digits. */
export function newId(prefix = ''): string {
  let id = prefix;
  for (let index = 0; index < 16; index += 1) id += ALPHABET.charAt(randomInt(ALPHABET.length));
  return id;
}
