import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  chunkLines,
  cutText,
  readBeginning,
  readTail as tailOf,
} from '../../../../tasks/PortRunStatus/report/log-text.ts';

const size = (text: string) => Buffer.byteLength(JSON.stringify(text));

describe('log text', () => {
  it('is one piece when it fits', () => {
    assert.deepEqual(chunkLines('one\n\ntwo\n\n\n'), ['one\n\ntwo']);
  });

  it('is nothing when there is only white space', () => {
    assert.deepEqual(chunkLines('\n \n'), []);
  });

  it('is cut at line ends, keeps its order, and stays under the limit', () => {
    const lines = Array.from({ length: 1000 }, (_, index) => `line ${index} with "quotes" and \\`);
    const chunks = chunkLines(lines.join('\n'), 2000);
    assert.ok(chunks.length > 10);
    assert.ok(chunks.every((chunk) => size(chunk) <= 2000));
    assert.equal(chunks.join('\n'), lines.join('\n'));
  });

  it('loses nothing, whatever it holds', () => {
    const text = fc.array(
      fc.string({ unit: 'binary', maxLength: 300 }).map((line) => `x${line.replace(/\n/g, '')}`),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 64, max: 400 }), (lines, limit) => {
        const chunks = chunkLines(lines.join('\n'), limit);
        assert.ok(chunks.every((chunk) => size(chunk) <= limit));
        assert.equal(chunks.join('\n').replaceAll('\n', ''), lines.join(''));
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it('has a line as it is up to the limit, and a longer one in few pieces', () => {
    assert.deepEqual(chunkLines('x'.repeat(96), 100), ['x'.repeat(96)]);
    const lines = chunkLines('x'.repeat(97), 100).join('\n').split('\n');
    assert.deepEqual(
      lines.map((line) => line.length),
      [15, 15, 15, 15, 15, 15, 7],
    );
  });

  it('stays under the limit where each letter takes six bytes', () => {
    const text = '\ud800'.repeat(200);
    const chunks = chunkLines(text, 100);
    assert.ok(chunks.every((chunk) => size(chunk) <= 100));
    assert.equal(chunks.join('\n').replaceAll('\n', ''), text);
  });

  it('says when it was cut', () => {
    assert.equal(cutText('short', 100), 'short');
    const cut = cutText('äöü line\n'.repeat(100), 200);
    assert.ok(Buffer.byteLength(cut) <= 200);
    assert.match(cut, /line\n… \(cut\)$/);
  });

  it('is whole at its limit, and is cut between letters where it has no lines', () => {
    assert.equal(cutText('ä'.repeat(50), 100), 'ä'.repeat(50));
    assert.equal(cutText('ä'.repeat(51), 101), `${'ä'.repeat(34)}\n… (cut)`);
  });

  it('keeps what is there where it is cut: line ends at its beginning, and signs for letters that were lost', () => {
    assert.equal(cutText(`\n${'x'.repeat(100)}`, 100), `\n${'x'.repeat(67)}\n… (cut)`);
    assert.equal(cutText(`\ufffd${'ä'.repeat(50)}`, 102), `\ufffd${'ä'.repeat(33)}\n… (cut)`);
  });

  it('keeps a letter of two halves whole where a long line is cut', () => {
    for (const line of [`x${'😀'.repeat(100)}`, `${'x'.repeat(14)}😀${'x'.repeat(100)}`]) {
      const lines = chunkLines(line, 100).join('\n').split('\n');
      assert.ok(lines.length > 1);
      assert.ok(lines.every((piece) => piece.isWellFormed()));
    }
  });

  it('goes to Port in pieces of half a mebibyte at the most', () => {
    const chunks = chunkLines('0123456789\n'.repeat(100_000));
    assert.ok(chunks.every((chunk) => size(chunk) <= 512 * 1024));
    assert.equal(chunks.length, 3);
  });
});

const opened = <T>(path: string, read: (descriptor: number) => T): T => {
  const descriptor = openSync(path, 'r');
  try {
    return read(descriptor);
  } finally {
    closeSync(descriptor);
  }
};
const readTail = (path: string, lines: number) => opened(path, (descriptor) => tailOf(descriptor, lines));
const utf16 = (text: string, isBig = false) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
};

const file = (content: string | Buffer) => {
  const path = join(mkdtempSync(join(tmpdir(), 'tail-')), 'a.log');
  writeFileSync(path, content);
  return path;
};

describe('the beginning of a file', () => {
  const mebibyte = 1024 * 1024;
  const beginningOf = (content: string | Buffer) => opened(file(content), readBeginning);

  it('is all of it up to 1 MiB', () => {
    assert.equal(beginningOf('x'.repeat(mebibyte)).length, mebibyte);
  });

  it('ends with a whole line, 32 KiB before the cut: what is half a secret is not in it', () => {
    const line = `${'x'.repeat(1023)}\n`;
    assert.equal(beginningOf(line.repeat(1025)), `${line.repeat(992)}… (cut)`);
    assert.equal(beginningOf('x'.repeat(mebibyte + 1)), `${'x'.repeat(mebibyte - 32 * 1024)}\n… (cut)`);
    assert.match(beginningOf(`\n${'x'.repeat(mebibyte)}`), /^\nx+\n… \(cut\)$/);
  });
});

describe('the tail of a file', () => {
  it('is its last lines', () => {
    assert.equal(readTail(file('1\n2\n3\n4\n'), 2), '3\n4');
  });

  it('is the whole file when it has fewer lines', () => {
    assert.equal(readTail(file('1\r\n2'), 5), '1\n2');
  });

  it('is empty for an empty file', () => {
    assert.equal(readTail(file(''), 5), '');
  });

  it('is found in a large file without reading all of it', () => {
    const path = file(Array.from({ length: 300_000 }, (_, index) => `line ${index} äöü`).join('\n'));
    assert.equal(readTail(path, 2), 'line 299998 äöü\nline 299999 äöü');
  });

  it('reads UTF-16, which Windows PowerShell writes', () => {
    assert.equal(
      readTail(
        file(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('eins\r\nzwei\r\n', 'utf16le')])),
        1,
      ),
      'zwei',
    );
  });

  for (const [name, bytes] of Object.entries({
    'UTF-16LE': utf16('eins\r\nzwei ü'),
    'UTF-16BE': utf16('eins\r\nzwei ü', true),
    'UTF-8 with a mark': Buffer.from('\ufeffeins\r\nzwei ü'),
    'windows-1252': Buffer.from('eins\r\nzwei ü', 'latin1'),
  })) {
    it(`reads ${name}, as the beginning does`, () => {
      assert.equal(readTail(file(bytes), 2), 'eins\nzwei ü');
      assert.equal(opened(file(bytes), readBeginning), 'eins\r\nzwei ü');
    });
  }

  it('reads UTF-8 that is cut inside a character as UTF-8', () => {
    const path = file(`ab${'€'.repeat(3_333_333)}`);
    assert.match(readTail(path, 1).slice(0, 9), /^€+$/);
    assert.match(opened(path, readBeginning).slice(-9), /€\n… \(cut\)$/);
  });

  it('has its first line whole where its file was read up to the middle of one', () => {
    const lines = ['a', 'b', 'c'].map((letter) => letter.repeat(40_000));
    assert.equal(readTail(file(`${lines.join('\n')}\n`), 2), lines.slice(1).join('\n'));
  });

  it('has its first letter where that is none of UTF-8', () => {
    assert.equal(readTail(file(Buffer.from('übrig', 'latin1')), 1), 'übrig');
  });

  it('is no more than 8 MiB, however long its lines are', () => {
    assert.equal(readTail(file('x'.repeat(9 * 1024 * 1024)), 1).length, 8 * 1024 * 1024);
  });

  it('leaves out half a letter at the end of UTF-16', () => {
    for (const first of ['eins', 'eins\n'.repeat(1_000_000)]) {
      const path = file(Buffer.concat([utf16(`${first}\nzwei`), Buffer.from([0x41])]));
      assert.equal(readTail(path, 1), 'zwei');
    }
  });

  it('is not shorter in UTF-16 where letters hold the byte of a line end, as those of Gujarati do', () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `Ā\u0a85\u0a0a ગુજરાતી ${index}`);
    for (const isBig of [false, true]) {
      const path = file(utf16(lines.join('\n'), isBig));
      assert.equal(readTail(path, 9000), lines.slice(-9000).join('\n'));
    }
  });

  it('has the last state of a line that was drawn again, and counts it once', () => {
    const bar = Array.from({ length: 300 }, (_, index) => `\r${index} %`).join('');
    assert.equal(readTail(file(`begin\n${bar}\r\n\u001b[2K10\u001b[2K20\nend\n`), 3), '299 %\n20\nend');
  });

  it('has the last state of a line that was erased at its end', () => {
    for (const end of ['\r', '\r   ', '\r\u001b[K', '\u001b[2K', '\r\u001b[0m \r'])
      assert.equal(readTail(file(`98 %\r99 %${end}\nend\n`), 2), '99 %\nend');
    assert.equal(readTail(file('one\n\r \r\ntwo'), 2), '\ntwo');
  });
});
