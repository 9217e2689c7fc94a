import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { portRedactorOf, redactorOf } from '../../../../tasks/common/text/redaction.ts';
import { startStopwatch } from '../../../support/stopwatch.ts';

const secret = `p@ss w0rd/'"<&+é`;

describe('Redaction', () => {
  const forms: Record<string, string> = {
    'plain text': secret,
    JSON: JSON.stringify(secret).slice(1, -1),
    'JSON as PowerShell writes it': String.raw`p@ss w0rd/\u0027\"\u003c\u0026+é`,
    'JSON as .NET writes it': String.raw`p@ss w0rd/\u0027\u0022\u003C\u0026\u002B\u00E9`,
    'a URL': encodeURI(secret),
    'a part of a URL': encodeURIComponent(secret),
    'a URL with small hexadecimal digits': encodeURIComponent(secret).replace(/%../g, (c) => c.toLowerCase()),
    'a form': new URLSearchParams({ a: secret }).toString().slice(2),
    base64: Buffer.from(secret).toString('base64'),
    'base64 without its end': Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    'a word of a shell': String.raw`p@ss\ w0rd/\'\"\<\&+\é`,
    XML: 'p@ss w0rd/&apos;&quot;&lt;&amp;+é',
    HTML: 'p@ss w0rd/&#39;&quot;&lt;&amp;+é',
    'base64 for URLs': Buffer.from(secret).toString('base64url'),
  };
  for (const [name, form] of Object.entries(forms)) {
    it(`replaces a secret in its form as ${name}`, () => {
      assert.equal(redactorOf([secret])(`a ${form} b`), 'a *** b');
    });
  }

  for (const user of ['', 'a', 'ab', 'abc']) {
    it(`leaves of base64 of "${user}:secret" nothing that the secret makes alone`, () => {
      const found = Buffer.from(`${user}:hunter2hunter2`).toString('base64');
      assert.match(redactorOf(['hunter2hunter2'])(found), /^[^*]{0,6}\*{3}[^*]{0,4}$/);
    });
  }

  it('replaces a secret without its quotes, its backslashes, and what cleaning takes from it', () => {
    assert.equal(redactorOf(['"hunter2"'])('a hunter2 b'), 'a *** b');
    assert.equal(redactorOf([String.raw`hun\\ter2`])(String.raw`a hun\ter2 b`), 'a *** b');
    assert.equal(redactorOf(['hun\u001b[1mter\u200e2'])('a hunter2 b'), 'a *** b');
  });

  it('finds a secret that overlaps itself in a text of nothing else', () => {
    const elapsed = startStopwatch();
    assert.equal(redactorOf(['0000'])('0'.repeat(8 * 1024 * 1024)), '***');
    assert.ok(elapsed() < 3000, `${elapsed()} ms`);
  });

  it('replaces a secret of several lines as a whole and line by line', () => {
    const redact = redactorOf(['first line\r\nsecond line\n}\n']);
    assert.equal(redact('x first line\r\nsecond line\n}'), 'x ***');
    assert.equal(redact('x first line\nsecond line\n}'), 'x ***');
    assert.equal(redact('> second line'), '> ***');
    assert.equal(redact('{"a": "first line\\r\\nsecond line"}'), '{"a": "***\\r\\n***"}');
  });

  it('replaces all of secrets that overlap, and each of those that touch', () => {
    assert.equal(redactorOf(['abcd', 'cdef'])('xabcdefx'), 'x***x');
    assert.equal(redactorOf(['abc', 'abcdef'])('abcdef abc'), '*** ***');
    assert.equal(redactorOf(['abc', 'def'])('abcdef'), '******');
    assert.equal(redactorOf(['aaa'])('aaaaa'), '***');
  });

  it('leaves texts alone for which there is no secret, or only one too short to be one', () => {
    for (const secrets of [[], [''], [' '], ['ab'], ['\n\n']]) {
      assert.equal(redactorOf(secrets)('a text, ab\n\n'), 'a text, ab\n\n');
    }
  });

  it('takes the signs of regular expressions for what they are', () => {
    const odd = '^(a|b)*[c]{2}\\d+?.$';
    assert.equal(redactorOf([odd])(`x${odd}y abcc1`), 'x***y abcc1');
  });

  it('bears halves of surrogate pairs', () => {
    assert.equal(redactorOf(['ab\ud800cd'])('x ab\ud800cd'), 'x ***');
  });

  it('can be used again and again', () => {
    const redact = redactorOf(['abc']);
    assert.equal(redact('abc') + redact('abc') + redact('xabc'), '******x***');
  });

  it('bears secrets of the size of an environment variable', () => {
    const big = Array.from({ length: 131_000 }, (_, i) => String.fromCharCode(33 + ((i * 7919) % 90))).join(
      '',
    );
    assert.equal(redactorOf([big])(`a${big}b`), 'a***b');
  });

  it('takes no more than two seconds for 5 MB and 100 secrets of several lines', () => {
    const line = (i: number) => `key-${i}-${'abcdefghijklmnopqrstuvwxyz'.repeat(2)}`;
    const secrets = Array.from({ length: 100 }, (_, i) =>
      Array.from({ length: 20 }, (__, j) => line(i * 20 + j)).join('\n'),
    );
    const text = 'The quick brown fox jumps over the lazy dog.\n'.repeat(5_000_000 / 45);
    const redact = redactorOf(secrets);
    const elapsed = startStopwatch();
    assert.equal(redact(text + line(1234)), `${text}***`);
    assert.ok(elapsed() < 2000, `${elapsed()} ms`);
  });

  it('takes a secret of 2,000 lines out of 5 MB, as a whole, line by line and encoded, in no more than two seconds', () => {
    const lines = Array.from({ length: 2000 }, (_, i) =>
      createHash('sha384').update(`${i}`).digest('base64'),
    );
    const text = 'The quick brown fox jumps over the lazy dog.\n'.repeat(5_000_000 / 45);
    const elapsed = startStopwatch();
    const redact = redactorOf([lines.join('\n')]);
    const told = [lines.join('\n'), lines[1234], Buffer.from(lines[7] ?? '').toString('base64')].join(' ');
    assert.equal(redact(text + told), `${text}*** *** ***`);
    assert.ok(elapsed() < 2000, `${elapsed()} ms`);
  });

  it('takes a time that grows with the text where secrets overlap everywhere', () => {
    const secrets = Array.from({ length: 100 }, (_, i) => 'a'.repeat(10 + i));
    const redact = redactorOf(secrets);
    const timeOf = (characters: number) => {
      const elapsed = startStopwatch();
      assert.equal(redact('a'.repeat(characters)), '***');
      return elapsed();
    };
    timeOf(10_000);
    const [short, long] = [timeOf(100_000), timeOf(1_000_000)];
    assert.ok(long < 30 * Math.max(short, 10), `${short} and ${long} ms`);
  });

  for (const [text, expected] of [
    ['clone https://bot:t0ken@git.example.com/x', 'clone https://bot:***@git.example.com/x'],
    ['postgres://app:p%40ss@db:5432/x and redis://:pw@r', 'postgres://app:***@db:5432/x and redis://:***@r'],
    ['https://git@example.com/x', 'https://git@example.com/x'],
    ['https://example.com:8080/a@b', 'https://example.com:8080/a@b'],
    ['http://a:1 b@c', 'http://a:1 b@c'],
  ] as const) {
    it(`sends no password of an address to Port: ${text}`, () => {
      assert.equal(portRedactorOf([])(text), expected);
    });
  }
});
