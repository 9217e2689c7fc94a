import assert from 'node:assert/strict';
import { nestsDeeperThan, parseAnswerJson } from '../../../tasks/common/json.ts';
import { apiError } from '../../../tasks/common/port/client/answers.ts';
import { routes } from '../../../tasks/common/port/client/routes.ts';

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('JSON that a server sent', () => {
  it('is read at 100 levels, and with any number of brackets in its strings or side by side', () => {
    const flat = JSON.stringify(['[{'.repeat(2000), 'a"\\[', ...Array<unknown>(2000).fill([])]);
    for (const text of [nested(100), nested(500), flat])
      assert.deepEqual(parseAnswerJson(text), JSON.parse(text));
    assert.equal(nestsDeeperThan(flat, 2), false);
  });

  it('is refused at once where it is nested without end, in a message that says so', () => {
    const body = '['.repeat(60 * 1024 * 1024);
    assert.throws(() => parseAnswerJson(body), /more than 500 levels of nesting/);
    assert.throws(() => parseAnswerJson('{"a":'.repeat(501)), /more than 500 levels/);
    const request = { method: 'GET', path: '/v1/actions/runs/r_1', headers: {} } as const;
    const response = { status: 200, headers: {}, body };
    const error = apiError(routes.getRun, { request, response, hasInput: () => false });
    assert.match(error.message, /-> 200 with an answer nested deeper than any that Port gives\. /);
  });
});
