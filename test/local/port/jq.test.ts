import assert from 'node:assert/strict';
import { jq } from '../../../local/port/actions/jq.ts';

describe('local Port: jq', () => {
  it('gives the same answer however often it is asked, with what jq itself keeps in mind', async () => {
    const expression = '.number | capture("(^|[^A-Za-z0-9_])(?<id>r_[A-Za-z0-9]{16,})([^A-Za-z0-9_]|$)").id';
    const answers = new Set<unknown>();
    for (let count = 0; count < 1_000; count += 1)
      answers.add(await jq(expression, { number: '20260101.1 r_abcdefgh12345678' }));
    assert.deepEqual([...answers], ['r_abcdefgh12345678']);
  }).timeout(30_000);

  it('gives null for no result, for a failure, and for an expression that is none', async () => {
    for (const expression of ['empty', '.a | .b.c', 'error("x")', '.a |'])
      assert.equal(await jq(expression, { a: 'text' }), null, expression);
  });
});
