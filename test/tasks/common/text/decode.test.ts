import assert from 'node:assert/strict';
import { decodeText, encodingOf } from '../../../../tasks/common/text/decode.ts';

const text = 'Größe: 10 € – “Übung” šž\r\nzweite Zeile\r\n';
const little = (words: string) => Buffer.from(words, 'utf16le');
const big = (words: string) => little(words).swap16();
const windows = Buffer.concat([
  Buffer.from('Gr\xf6\xdfe: 10 ', 'latin1'),
  Buffer.from([0x80, 0x20, 0x96, 0x20, 0x93]),
  Buffer.from('\xdcbung', 'latin1'),
  Buffer.from([0x94, 0x20, 0x9a, 0x9e]),
  Buffer.from('\r\nzweite Zeile\r\n'),
]);

describe('The bytes of a text file', () => {
  const writings: Readonly<Record<string, Buffer>> = {
    'UTF-8': Buffer.from(text),
    'UTF-8 with a mark': Buffer.from(`\ufeff${text}`),
    'UTF-16LE': little(`\ufeff${text}`),
    'UTF-16BE': big(`\ufeff${text}`),
    'UTF-16LE without a mark': little(text),
    'UTF-16BE without a mark': big(text),
    'windows-1252': windows,
  };
  for (const [name, bytes] of Object.entries(writings)) {
    it(`are read in ${name}`, () => assert.equal(decodeText(bytes), text));
  }

  it('are read line by line where one tool wrote UTF-8 and another windows-1252', () => {
    const bytes = Buffer.concat([
      Buffer.from('Größe ✓\n'),
      Buffer.from('Gr\xf6\xdfe\n', 'latin1'),
      Buffer.from('ü'),
    ]);
    assert.equal(decodeText(bytes), 'Größe ✓\nGröße\nü');
  });

  it('of every value are some character of windows-1252 where they are no UTF-8', () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    assert.equal(new Set(decodeText(all, 'utf8')).size, 256);
  });

  const guesses: readonly [string, Buffer, string][] = [
    ['nothing', Buffer.alloc(0), 'utf8'],
    ['one letter and a null', Buffer.from('a\0'), 'utf8'],
    ['two letters', little('ab'), 'utf16le'],
    ['two letters, the other way round', big('ab'), 'utf16be'],
    ['a table that is drawn', little('┌──┐\r\n│ name │\r\n│ value │\r\n'), 'utf16le'],
    ['nulls only', Buffer.alloc(600), 'utf8'],
    ['a few nulls in a log', Buffer.from('start\0 stop\0 and more words'), 'utf8'],
    ['letters, then nulls', Buffer.concat([Buffer.from('x'.repeat(512)), little('abc')]), 'utf8'],
  ];
  for (const [what, bytes, encoding] of guesses) {
    it(`without a mark are ${encoding} where they are ${what}`, () =>
      assert.equal(encodingOf(bytes), encoding));
  }
});
