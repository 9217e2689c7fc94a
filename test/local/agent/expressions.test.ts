import assert from 'node:assert/strict';
import { evaluate } from '../../../local/agent/expressions/evaluate.ts';
import {
  graphStatusFunctions,
  stepStatusFunctions,
} from '../../../local/agent/expressions/status-functions.ts';

const payload = {
  action: 'deploy',
  count: 3,
  enabled: true,
  nothing: null,
  'x-y': 'dashed',
  items: [{ id: 'a' }, { id: 'b' }],
  context: { runId: 'r_1', entity: { tags: {} } },
  text: "it's $(x)",
};
const names = { parameters: { hook: payload, manual: null }, variables: { 'Build.Reason': 'Manual' } };
const value = (source: string) => evaluate(source, { names });

const cases: readonly (readonly [string, unknown])[] = [
  ["eq('A', 'a')", true],
  ["eq(1, '1')", true],
  ['eq(parameters.hook.enabled, true)', true],
  ["eq(parameters.manual.x.y, '')", true],
  ["ne('a', 'b')", true],
  ["and(true, eq(1, 1), 'x')", true],
  ["or('', false, 0)", false],
  ["not('')", true],
  ["xor(true, '')", true],
  ["in('b', 'a', 'B')", true],
  ["notIn('b', 'a', 'c')", true],
  ["gt(2, '10')", false],
  ["le('a', 'B')", true],
  ["coalesce(parameters.hook.nothing, '', 'x')", 'x'],
  ["format('{0}-{1}-{{}}', 'a', 2)", 'a-2-{}'],
  ["join(',', parameters.hook.items.*.id)", 'a,b'],
  ["replace('a.b.c', '.', '-')", 'a-b-c'],
  ["replace(parameters.hook.text, '$', '\\u0024')", "it's \\u0024(x)"],
  ["lower('AB')", 'ab'],
  ["upper('ab')", 'AB'],
  ["contains('Hello', 'ELL')", true],
  ["containsValue(parameters.hook, 'deploy')", true],
  ["startsWith('refs/heads/main', 'refs/heads/')", true],
  ["endsWith('refs/heads/main', 'MAIN')", true],
  ['length(parameters.hook.items)', 2],
  ["split('a,b', ',')[1]", 'b'],
  ["iif(eq(1, 2), 'yes', 'no')", 'no'],
  ['PARAMETERS.HOOK.ACTION', 'deploy'],
  ["parameters.hook['x-y']", 'dashed'],
  ['parameters.hook.items[1].id', 'b'],
  ['parameters.hook.nosuch.deeper', null],
  ["variables['build.reason']", 'Manual'],
  ["'it''s'", "it's"],
  ['parameters.hook.__proto__', null],
  ['convertToJson(parameters.hook.context)', JSON.stringify(payload.context, null, 2)],
];

describe('expressions of the local agent', () => {
  for (const [source, expected] of cases) {
    it(`gives ${JSON.stringify(expected)} for ${source}`, () => assert.deepEqual(value(source), expected));
  }

  const faults: readonly (readonly [string, RegExp])[] = [
    ['nosuch(1)', /does not know the function 'nosuch'/],
    ['other.thing', /Unrecognized value: 'other'/],
    ['eq(1)', /Too few arguments for 'eq'/],
    ['a ==', /Unexpected symbol/],
    ["format('{0}', parameters.hook)", /Unable to convert from Object to String/],
    ['parameters.hook.x-y', /Unexpected symbol: '-y'/],
  ];
  for (const [source, message] of faults) {
    it(`refuses ${source}`, () => assert.throws(() => value(source), message));
  }

  it('tells the status of a job to the conditions of its steps', () => {
    const holds = (condition: string, status: 'succeeded' | 'failed' | 'canceled') =>
      evaluate(condition, { names: {}, functions: stepStatusFunctions(status) });
    assert.equal(holds('succeededOrFailed()', 'failed'), true);
    assert.equal(holds('succeededOrFailed()', 'canceled'), false);
    assert.equal(holds('or(canceled(), failed())', 'canceled'), true);
    assert.equal(holds('always()', 'canceled'), true);
  });

  it('asks named stages only, where names are given', () => {
    const before = new Map([
      ['A', 'succeeded'],
      ['B', 'failed'],
    ] as const);
    const functions = graphStatusFunctions(before, () => false);
    assert.equal(evaluate("succeeded('A')", { names: {}, functions }), true);
    assert.equal(evaluate('succeeded()', { names: {}, functions }), false);
    assert.equal(evaluate("failed('B')", { names: {}, functions }), true);
  });
});
