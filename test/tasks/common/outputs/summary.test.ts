import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attachSummary } from '../../../../tasks/common/outputs/summary.ts';
import { isWebUrl, markdownLink, markdownText } from '../../../../tasks/common/text/markdown.ts';
import { FakeHost } from '../../../support/fake-host.ts';

describe('Text in a summary', () => {
  const cases: [text: string, markdown: string][] = [
    ['plain text 1.2', 'plain text 1.2'],
    ['**bold** _it_ `code`', '\\*\\*bold\\*\\* \\_it\\_ \\`code\\`'],
    ['[a](javascript:b)', '\\[a\\]\\(javascript:b\\)'],
    ['![a](http://b)', '\\!\\[a\\]\\(http:&#47;&#47;b\\)'],
    ['<script>&amp;', '&lt;script&gt;&amp;amp;'],
    ['a | b', 'a \\| b'],
    ['a\\', 'a\\\\'],
    ['# a\n- b\n> c', '\\# a \\- b &gt; c'],
    ['https://example.com', 'https:&#47;&#47;example.com'],
    ['WWW.example.com', 'WWW&#46;example.com'],
    ['a@example.com', 'a&#64;example.com'],
    ['##vso[task.complete]', '\\#\\#vso\\[task.complete\\]'],
    ['\u001b[31mred\u0000', 'red'],
  ];
  for (const [text, markdown] of cases) {
    it(`stays what it is: ${JSON.stringify(text)}`, () => assert.equal(markdownText(text), markdown));
  }
});

describe('A link in a summary', () => {
  it('leads to web addresses alone', () => {
    assert.equal(
      markdownLink('a [b]', 'https://x.example.com/?q=1'),
      '[a \\[b\\]](<https://x.example.com/?q=1>)',
    );
    for (const url of [
      undefined,
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'not a url',
    ])
      assert.equal(markdownLink('a', url), 'a');
  });

  it('never leaves its cell or its brackets', () => {
    assert.equal(
      markdownLink('a', 'https://x/<>|`\\"?<>|`\\'),
      '[a](<https://x/%3C%3E%7C%60/%22?%3C%3E%7C%60%5C>)',
    );
  });

  it('is one for http and https', () => {
    assert.deepEqual(['http://a', 'HTTPS://a', 'ftp://a', 'javascript:a', '//a', ''].map(isWebUrl), [
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('The summary', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'summary-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is a file named Port.md in the temporary folder of the agent', () => {
    const host = new FakeHost({ variables: { 'Agent.TempDirectory': folder } });
    attachSummary(host, '# Hello');
    const [file = ''] = host.summaries;
    assert.match(file, /Port\.md$/);
    assert.ok(file.startsWith(folder));
    assert.equal(readFileSync(file, 'utf8'), '# Hello');
  });

  it('that cannot be written is a warning', () => {
    writeFileSync(join(folder, 'file'), '');
    const host = new FakeHost({ variables: { 'Agent.TempDirectory': join(folder, 'file', 'sub') } });
    attachSummary(host, '# Hello');
    assert.equal(host.summaries.length, 0);
    assert.match(host.warnings.join(), /^The summary cannot be written/);
  });
});
