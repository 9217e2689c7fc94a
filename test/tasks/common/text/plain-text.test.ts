import assert from 'node:assert/strict';
import { isUnresolved, neutralText, oneLine, plainText } from '../../../../tasks/common/text/plain-text.ts';
import { startStopwatch } from '../../../support/stopwatch.ts';

describe('Plain text', () => {
  const cases: [what: string, text: string, plain: string][] = [
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['the cursor', 'a\u001b[2K\u001b[1Gb', 'ab'],
    ['a title', '\u001b]0;title\u0007text', 'text'],
    ['a link of a terminal', '\u001b]8;;https://x\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['the one-byte form', '\u009b31mred', 'red'],
    ['a sequence that never ends', '\u001b]0;title\nnext line', '\nnext line'],
    ['half a sequence', 'a\u001b', 'a'],
    ['a sequence inside of another', '\u001b[\u001b[0m31m', '31m'],
    ['control characters', 'a\u0000\u0007\u0008b\tc\u007f', 'ab\tc'],
    ['ends of lines', 'a\r\nb\rc\u2028d\u2029e\u0085f', 'a\nb\nc\nd\ne\nf'],
    ['turns of direction', 'user\u202e txt.exe', 'user txt.exe'],
  ];
  for (const [what, text, plain] of cases) {
    it(`is freed of ${what}`, () => assert.equal(plainText(text), plain));
  }

  it('keeps every other character', () => {
    const text = 'äöü 日本語 👩‍👩‍👧 $(x) <b> | `';
    assert.equal(plainText(text), text);
  });
});

describe('Neutral text', () => {
  const commands = [
    '##vso[task.setvariable variable=a]b',
    'text before ##vso[task.complete result=Succeeded;]',
    '##VSO[task.debug]x',
    '##[error]x',
    '##[group]x',
    '####vso[task.debug]x',
    '##\u0000vso[task.debug]x',
    '#\u001b[0m#vso[task.debug]x',
    '##v\u00adso[task.debug]x',
    '##vs\u200bo[task.debug]x',
    '#\u200d#vso[task.debug]x',
    '##\ufeff[error]x',
    '##vso\u2060[task.debug]x',
    '##v\u202eso[task.debug]x',
    '##vso##vso[task.debug]x',
  ];
  for (const text of commands) {
    it(`is no command any more: ${JSON.stringify(text)}`, () => {
      // What a comparison sees that skips whatever has no width, as .NET's does by default.
      const seen = neutralText(text).replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '');
      assert.doesNotMatch(seen, /##(vso)?\[/i);
    });
  }

  it('still shows what it was', () => {
    assert.equal(neutralText('a ##vso[x]y ##[error]z'), 'a ##_vso[x]y ##_[error]z');
  });

  it('leaves headings and numbers alone', () => {
    const text = '## Heading\n### vso [x]\n#1 ## [2]';
    assert.equal(neutralText(text), text);
  });
});

describe('One line', () => {
  it('joins lines by one space, and cuts with an ellipsis', () => {
    assert.equal(oneLine('  a \r\n\n  b\u2028c '), 'a b c');
    assert.equal(oneLine('abcdef', 4), 'abc…');
    assert.equal(oneLine('abcd', 4), 'abcd');
  });

  it('never cuts a character in half', () => {
    assert.equal(oneLine('ab👍👍', 4), 'ab…');
  });

  it('takes no time for spaces without end', () => {
    const elapsed = startStopwatch();
    oneLine(`a${' '.repeat(2_000_000)}b`);
    assert.ok(elapsed() < 500);
  });
});

describe('An unresolved expression', () => {
  const cases: [text: string, isOne: boolean][] = [
    ['$(PORT_RUN_ID)', true],
    ['a $(b.c) d', true],
    ['${{ parameters.x }}', true],
    ['$[variables.x]', false],
    ['$PORT_RUN_ID', false],
    ['$(never closed', false],
    ['r_abc', false],
  ];
  for (const [text, isOne] of cases) {
    it(`is ${isOne ? 'seen' : 'not seen'} in "${text}"`, () => assert.equal(isUnresolved(text), isOne));
  }

  it('is looked for in no time, whatever the text', () => {
    const elapsed = startStopwatch();
    assert.equal(isUnresolved('$('.repeat(500_000)), false);
    assert.ok(elapsed() < 500);
  });
});
