import assert from 'node:assert/strict';
import { evaluate } from '../../../local/agent/expressions/evaluate.ts';
import {
  graphStatusFunctions,
  stepStatusFunctions,
} from '../../../local/agent/expressions/status-functions.ts';
import { Context, Parameters } from '../../../local/agent/expressions/values.ts';
import type { TaskResult } from '../../../local/agent/index.ts';

const payload = {
  action: 'deploy',
  count: 3,
  enabled: true,
  nothing: null,
  'x-y': 'dashed',
  items: [{ id: 'a' }, { id: 'b' }],
  words: ['Alpha', '', 2, { x: 1 }],
  context: { runId: 'r_1', entity: { tags: {} } },
  text: "it's $(x)",
};
const names = {
  parameters: new Parameters({ hook: payload, manual: null }),
  variables: new Context({ 'Build.Reason': 'Manual', MyVar: 'mine' }),
};
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
  ["in('b', 'a', 'B')", true],
  ["notIn('b', 'a', 'c')", true],
  ["coalesce(parameters.hook.nothing, '', 'x')", 'x'],
  ["format('{0}-{1}-{{}}', 'a', 2)", 'a-2-{}'],
  ["replace('a.b.c', '.', '-')", 'a-b-c'],
  ["replace(parameters.hook.text, '$', '\\u0024')", "it's \\u0024(x)"],
  ["lower('AB')", 'ab'],
  ["upper('ab')", 'AB'],
  ["contains('Hello', 'ELL')", true],
  ["startsWith('refs/heads/main', 'refs/heads/')", true],
  ["endsWith('refs/heads/main', 'MAIN')", true],
  ["parameters.hook['x-y']", 'dashed'],
  ['parameters.hook.items[1].id', 'b'],
  ['parameters.hook.nosuch.deeper', null],
  ["variables['build.reason']", 'Manual'],
  ["'it''s'", "it's"],
  ['parameters.hook.__proto__', null],
  ['parameters.hook.constructor', null],
  // Contexts and their members are found in any case, members of a payload are not.
  ['PARAMETERS.HOOK.action', 'deploy'],
  ['parameters.hook.Action', null],
  ["parameters.hook['ACTION']", null],
  ['variables.MYVAR', 'mine'],
  ['variables.nosuch', null],
  ['variables.Build.Reason', null],
  ['TRUE', true],
  ['.5', 0.5],
  ['1.', 1],
  ['-1.2', -1.2],
  ["eq(1000, '1,000')", true],
  ["eq(0.5, '.5')", true],
  ["eq(1, 'x')", false],
  ["ne(1, 'x')", true],
  ["eq(parameters.manual, '')", true],
  ['eq(0, parameters.manual)', true],
  ["eq(true, 'false')", true],
  ['eq(parameters.hook.items, parameters.hook.items)', true],
  ['eq(parameters.hook.items[0], parameters.hook.items[1])', false],
  ['parameters.hook.items[1.9].id', 'b'],
  ["parameters.hook.items['1'].id", 'b'],
  ['parameters.hook.items[-1]', null],
  ['parameters.hook.items[2]', null],
  ["parameters.hook.items['x']", null],
  ["replace('abc', '', 'x')", 'abc'],
  ["replace('AaA', 'a', 'x')", 'AxA'],
  ["format('{1}-{0}-{1}', 'A', 'B')", 'B-A-B'],
  ["format('{{{0}}} {{ and }}', 'x')", '{x} { and }'],
  ["coalesce(false, 'x')", false],
  ["and(false, format('{1}'))", false],
  ["or(true, format('{1}'))", true],
  ["in('a', 'A', format('{1}'))", true],
  ['convertToJson(parameters.hook.context)', JSON.stringify(payload.context, null, 2)],
  ['convertToJson(parameters)', JSON.stringify({ hook: payload, manual: null }, null, 2)],
];

describe('expressions of the local agent', () => {
  for (const [source, expected] of cases) {
    it(`gives ${JSON.stringify(expected)} for ${source}`, () => assert.deepEqual(value(source), expected));
  }

  const at = (position: number) => new RegExp(`Located at position ${position} within expression: `);
  const faults: readonly (readonly [string, RegExp])[] = [
    ['nosuch(1)', /^Unrecognized value: 'nosuch'\. Located at position 1 within expression: 'nosuch\(1\)'$/],
    ['other.thing', /^Unrecognized value: 'other'/],
    ['null', /^Unrecognized value: 'null'/],
    ["eq('a', NaN)", /^Unrecognized value: 'NaN'/],
    ['eq(1)', /^Unexpected symbol: '\)'/],
    ['eq(1)', at(5)],
    ['  eq(1, 2, 3) ', /^Unexpected symbol: ','/],
    ['  eq(1, 2, 3) ', at(8)],
    ["in('x')", /^Unexpected symbol: '\)'/],
    ["notIn('x')", /^Unexpected symbol: '\)'/],
    ['eq', /^Expected '\(' to follow a function: 'eq'/],
    ['eq(1,', /^Unclosed function: 'eq'\. Located at position 1 /],
    ["eq(1, 'a'", /^Unclosed function: 'eq'/],
    ['', /^An expression was expected$/],
    ['a ==', /Unexpected symbol: '=='/],
    ['(true)', /Unexpected symbol: '\('/],
    ['true false', /Unexpected symbol: 'false'/],
    ["'not closed", /Unexpected symbol: ''not'/],
    ['1e3', /Unrecognized value: '1e3'/],
    ['1.2.3.4.5', /Unrecognized value: '1\.2\.3\.4\.5'/],
    ['-1.2.3', /Unrecognized value: '-1\.2\.3'/],
    ['nosuch(1) 2', /Unexpected symbol: '2'/],
    ['parameters.hook.9num', /Unexpected symbol: '\.9num'/],
    ['parameters.hook.x-y', /Unexpected symbol: '-y'/],
    ["format('{0}', parameters.hook)", /Unable to convert from Object to String/],
    [
      "format('{1}', 'only')",
      /^The following format string references more arguments than were supplied: \{1\}$/,
    ],
    ["format('{0', 'x')", /^The following format string is invalid: \{0$/],
    ["contains(parameters.hook.items, 'a')", /^Unable to convert from Array to String/],
    ['parameters.prot.runId', /^Key not found 'prot'$/],
    ['not('.repeat(50) + 'true' + ')'.repeat(50), /^Exceeded max expression depth 50$/],
    // What no example needs.
    ['1.2.3', /The local agent does not know '1\.2\.3'/],
    ["iif(true, 'a', 'b')", /The local agent does not know 'iif'/],
    ['lt(1, 2)', /The local agent does not know 'lt'/],
    ["split('a', 'b')", /The local agent does not know 'split'/],
    ["counter('a', 1)", /The local agent does not know 'counter'/],
    ["containsValue(parameters.hook.words, '2')", /The local agent does not know 'containsValue'/],
    ['ge(1, 2)', /The local agent does not know 'ge'/],
    ["join(',', parameters.hook.items)", /The local agent does not know 'join'/],
    ['length(parameters.hook.items)', /The local agent does not know 'length'/],
    ['resources.pipeline.x', /The local agent does not know 'resources'/],
    ['parameters.hook.items.*.id', /The local agent does not know filtered arrays/],
    ['parameters.hook.items[*]', /The local agent does not know filtered arrays/],
  ];
  for (const [source, message] of faults) {
    it(`refuses ${source}`, () => assert.throws(() => value(source), { message }));
  }

  it('tells the status of a job to the conditions of its steps', () => {
    const holds = (condition: string, status: TaskResult) =>
      evaluate(condition, { names: {}, functions: stepStatusFunctions(status) });
    assert.equal(holds('succeeded()', 'succeededWithIssues'), true);
    assert.equal(holds('succeededOrFailed()', 'failed'), true);
    assert.equal(holds('succeededOrFailed()', 'canceled'), false);
    assert.equal(holds('or(canceled(), failed())', 'canceled'), true);
    assert.equal(holds('always()', 'canceled'), true);
  });

  it('takes no names in a condition of a step', () => {
    const functions = stepStatusFunctions('succeeded');
    assert.throws(() => evaluate("succeeded('A')", { names: {}, functions }), /Unexpected symbol: '\)'/);
  });

  describe('in conditions of jobs and stages', () => {
    const holds = (condition: string, before: Readonly<Record<string, TaskResult>>) =>
      evaluate(condition, {
        names: {},
        functions: graphStatusFunctions(new Map(Object.entries(before)), () => false),
      });
    const ok: Readonly<Record<string, TaskResult>> = { ok: 'succeeded' };
    const failed: Readonly<Record<string, TaskResult>> = { bad: 'failed' };
    const skipped: Readonly<Record<string, TaskResult>> = { skip: 'skipped' };
    const abandoned: Readonly<Record<string, TaskResult>> = { lost: 'abandoned' };
    const mixed = { ...ok, ...skipped };
    const all = [
      'succeeded()',
      'failed()',
      'succeededOrFailed()',
      'always()',
      'canceled()',
      'not(canceled())',
    ];
    const table: readonly (readonly [string, Readonly<Record<string, TaskResult>>, readonly boolean[]])[] = [
      ['nothing before', {}, [true, false, true, true, false, true]],
      ['success', ok, [true, false, true, true, false, true]],
      ['success with issues', { ok: 'succeededWithIssues' }, [true, false, true, true, false, true]],
      ['a failure', failed, [false, true, true, true, false, true]],
      ['one that was skipped', skipped, [false, false, false, true, false, true]],
      ['one that was abandoned', abandoned, [false, false, false, true, false, true]],
      ['success and one that was skipped', mixed, [false, false, true, true, false, true]],
    ];
    for (const [what, before, expected] of table) {
      it(`judges ${what}`, () =>
        assert.deepEqual(
          all.map((one) => holds(one, before)),
          expected,
        ));
    }

    const named: readonly (readonly [string, Readonly<Record<string, TaskResult>>, boolean])[] = [
      ["succeeded('ok')", mixed, true],
      ["succeeded('OK')", mixed, true],
      ["succeeded('ok', 'skip')", mixed, false],
      ["succeededOrFailed('ok')", mixed, true],
      ["succeededOrFailed('skip')", mixed, false],
      ["failed('bad')", { ...ok, ...failed }, true],
      ["failed('ok')", { ...ok, ...failed }, false],
      ["failed('lost')", abandoned, false],
      ["succeeded('nosuch')", ok, false],
    ];
    for (const [condition, before, expected] of named) {
      it(`gives ${expected} for ${condition} after ${Object.values(before).join(', ')}`, () =>
        assert.equal(holds(condition, before), expected));
    }
  });
});
