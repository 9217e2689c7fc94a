import assert from 'node:assert/strict';
import fc from 'fast-check';
import { markdownLink, markdownText } from '../../tasks/common/text/markdown.ts';
import { neutralText, oneLine, plainText } from '../../tasks/common/text/plain-text.ts';
import { redactorOf } from '../../tasks/common/text/redaction.ts';
import { cases, commandIn, hostileText } from './arbitraries.ts';

describe('Any text', function () {
  this.timeout(120_000);

  it('is no command once it is neutral (30,000 cases)', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const neutral = neutralText(text);
        assert.equal(commandIn(neutral), undefined);
        assert.doesNotMatch(neutral, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        assert.equal(neutralText(neutral), neutral);
      }),
      cases(30_000),
    );
  });

  it('stays one line of its length where it has to (10,000 cases)', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 60 }), (text, limit) => {
        const line = oneLine(text, limit);
        assert.ok(line.length <= limit);
        assert.doesNotMatch(line, /[\r\n\u2028\u2029\u0085]/);
      }),
      cases(10_000),
    );
  });

  it('keeps its letters when it is plain (5,000 cases)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.equal(plainText(text), text.replace(/[\u2028\u2029]/g, '\n'));
      }),
      cases(5000),
    );
  });

  /** What is left when Markdown's escapes and HTML's entities are taken away. */
  const bare = (markdown: string) =>
    markdown.replace(/\\[\\`*_{}[\]()#+!|~-]/g, ' ').replace(/&(?:amp|lt|gt|#\d+);/g, ' ');

  it('is nothing but text in a summary (15,000 cases)', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        assert.doesNotMatch(bare(markdownText(text)), /[\\`*_{}[\]()#+!|~<>&@\n-]|:\/\/|www\./i);
      }),
      cases(15_000),
    );
  });

  it('is a link in a summary only where it leads to the web (15,000 cases)', () => {
    const url = fc.oneof(
      hostileText,
      hostileText.map((text) => `https://example.com/${text}`),
      fc.webUrl({ withQueryParameters: true }),
    );
    fc.assert(
      fc.property(hostileText, url, (text, link) => {
        const markdown = markdownLink(text, link);
        const target = /\]\(<([^<>\n|`\\]*)>\)$/.exec(markdown);
        if (target === null) assert.equal(markdown, markdownText(text));
        else assert.match(target[1] ?? '', /^https?:\/\//);
      }),
      cases(15_000),
    );
  });
});

describe('Any secret', function () {
  this.timeout(120_000);
  const secretText = fc.string({
    unit: fc.constantFrom(...('abcAB01 .+/?&=%"\'\\<>{}[]()^$|~-_éß👍\n'.match(/./gsu) ?? [])),
    minLength: 3,
    maxLength: 12,
  });
  const secret = secretText.filter((text) => text.trim().length >= 3);
  const forms: readonly ((text: string) => string)[] = [
    (text) => text,
    (text) => JSON.stringify(text),
    encodeURIComponent,
    (text) => encodeURIComponent(text).toLowerCase(),
    (text) => new URLSearchParams({ a: text }).toString(),
    (text) => Buffer.from(text).toString('base64'),
    (text) => Buffer.from(text).toString('base64url'),
  ];

  it('is gone from any text around it, in any of its forms (15,000 cases)', () => {
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(hostileText, fc.nat(), fc.nat()), { maxLength: 5 }),
        (secrets, parts) => {
          const text = parts
            .map(
              ([before, which, form]) =>
                before + (forms[form % forms.length] ?? String)(secrets[which % secrets.length] ?? ''),
            )
            .join('');
          const redacted = redactorOf(secrets)(text);
          for (const one of secrets)
            for (const form of [
              one,
              one.trim(),
              Buffer.from(one).toString('base64'),
              encodeURIComponent(one),
            ])
              assert.ok(!redacted.includes(form), JSON.stringify({ one, text, redacted }));
        },
      ),
      cases(15_000),
    );
  });

  it('takes nothing away that is none (5,000 cases)', () => {
    fc.assert(
      fc.property(
        secret,
        fc.string({ unit: fc.constantFrom('x', 'y', 'z', 'X', 'Y', 'Z', '3', '4', '5', '\n') }),
        (one, text) => {
          assert.equal(redactorOf([one])(text), text);
        },
      ),
      cases(5000),
    );
  });
});
