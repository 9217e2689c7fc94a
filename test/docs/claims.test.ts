import assert from 'node:assert/strict';
import { documents } from './documents.ts';

/** Words of a result that somebody has measured. */
const measured = /\b(measured|medians?|faster|slower|times as (fast|long|much)|on average)\b/i;
const source = /(bench\/|test\/|npm run bench|made by a test|results\.md|soak\.md)/;

describe('numbers in the documentation', () => {
  for (const { path, text } of documents) {
    const claims = sections(text).filter((section) => measured.test(section) && /\d/.test(section));
    if (claims.length === 0 || path.startsWith('bench/')) continue;
    it(`name the bench or test that they come from: ${path}`, () => {
      for (const section of claims) assert.match(section, source);
    });
  }

  it('are no promises: there are no words of praise', () => {
    const praise =
      /\b(blazing|seamless(ly)?|effortless(ly)?|powerful|robust|world-class|cutting-edge|best-in-class)\b/i;
    for (const { path, text } of documents) assert.doesNotMatch(text, praise, path);
  });
});

/** The text below each heading, code left out. */
function sections(text: string): string[] {
  return text.replace(/^```[\s\S]*?^```/gm, '').split(/^#+ /m);
}
