import assert from 'node:assert/strict';
import { itNamesEveryTask } from '../support/every-task.ts';
import { inParallel } from '../support/in-parallel.ts';
import { actionScenarios } from './action-scenarios.ts';
import { deploymentScenarios } from './deployment-scenarios.ts';
import { entityScenarios } from './entity-scenarios.ts';
import { gateScenarios } from './gate-scenarios.ts';
import { type CaseResult, type Trouble, clientSecret, runCase, secondsOf, troubles } from './matrix.ts';
import { runScenarios } from './run-scenarios.ts';
import type { Expected, Scenario } from './scenario.ts';

const scenarios = [
  ...actionScenarios,
  ...runScenarios,
  ...entityScenarios,
  ...deploymentScenarios,
  ...gateScenarios,
];

/** What becomes of a call that may be sent twice. */
const rule: Readonly<Record<string, Expected>> = {
  '429 with Retry-After': { result: 'Succeeded', tries: 2 },
  '429 with reset': { result: 'Succeeded', tries: 2 },
  '500': { result: 'Succeeded', tries: 2 },
  '500 for ever': { result: 'Failed', tries: { atLeast: 3 } },
  '502': { result: 'Succeeded', tries: 2 },
  '503 twice': { result: 'Succeeded', tries: 3 },
  'reset before the request': { result: 'Succeeded', tries: 2 },
  'reset after the request': { result: 'Succeeded', tries: 2 },
  'cut body': { result: 'Succeeded', tries: 2 },
  'HTML with 200': { result: 'Succeeded', tries: 2 },
  'HTML for ever': { result: 'Failed', tries: 4 },
  'empty 200': { result: 'Succeeded', tries: 2 },
  silence: { result: 'Failed', tries: 1 },
  'silence after the request': { result: 'Failed', tries: 1 },
  '401 once': { result: 'Succeeded', tries: 2 },
  '401 for ever': { result: 'Failed', tries: 2 },
};

/** The code at the end of the message of a step that failed. */
const codes: Readonly<Record<string, RegExp>> = {
  '500': /\[PORT_(REQUEST|ENTITIES)\]$/,
  '500 for ever': /\[PORT_(TIMEOUT|REQUEST|ENTITIES)\]$/,
  'HTML for ever': /\[PORT_ANSWER\]$/,
  silence: /\[PORT_TIMEOUT\]$|\[PORT_NETWORK\]$|\[PORT_ACTION\]$/,
  'silence after the request': /\[PORT_TIMEOUT\]$|\[PORT_NETWORK\]$|\[PORT_ACTION\]$/,
  '401 once': /\[PORT_CREDENTIALS\]$/,
  '401 for ever': /\[PORT_CREDENTIALS\]$/,
};

describe('Every call of every built task, in every trouble', () => {
  itNamesEveryTask(
    scenarios.map(({ task }) => task),
    'add a scenario for each of its calls to test/network/*-scenarios.ts',
  );
  const cases = scenarios.flatMap((scenario) =>
    troubles
      .filter(({ name }) => scenario.without?.includes(name) !== true)
      .map((trouble) => ({ scenario, trouble })),
  );
  const results = new Map<string, CaseResult>();
  const keyOf = (scenario: Scenario, trouble: Trouble) => `${scenario.task} ${scenario.call} ${trouble.name}`;

  before(async function () {
    this.timeout(300_000);
    const done = await inParallel(
      cases.map(
        ({ scenario, trouble }) =>
          () =>
            runCase(scenario, trouble),
      ),
      // Most of the time goes by in waits before another try.
      8,
    );
    cases.forEach(({ scenario, trouble }, index) => {
      const result = done[index];
      if (result !== undefined) results.set(keyOf(scenario, trouble), result);
    });
  });

  for (const scenario of scenarios) {
    describe(`${scenario.task}, ${scenario.call}`, () => {
      for (const trouble of troubles.filter(({ name }) => scenario.without?.includes(name) !== true)) {
        const expected = scenario.exceptions?.[trouble.name] ?? rule[trouble.name];
        it(`${trouble.name}: ${expected?.result}, ${triesText(expected)} tries`, () => {
          const result = results.get(keyOf(scenario, trouble));
          assert.ok(result !== undefined && expected !== undefined);
          checkOutcome(scenario, trouble, { result, expected });
          checkManners(scenario, trouble, result);
        });
      }
    });
  }
});

function triesText(expected: Expected | undefined): string {
  const { tries = 0 } = expected ?? {};
  return typeof tries === 'number' ? String(tries) : `${tries.atLeast} or more`;
}

function checkOutcome(
  scenario: Scenario,
  { name }: Trouble,
  { result, expected }: { result: CaseResult; expected: Expected },
): void {
  const { process, tries, state } = result;
  assert.equal(process.result, expected.result, process.output);
  if (typeof expected.tries === 'number') assert.equal(tries, expected.tries, process.output);
  else assert.ok(tries >= expected.tries.atLeast, process.output);
  if (expected.result === 'Succeeded') {
    assert.equal(state, expected.state ?? scenario.done);
    if (scenario.shows !== undefined)
      assert.equal(process.output.split(scenario.shows).length - 1, expected.isSilent === true ? 0 : 1);
    // A change of one's own that had arrived is not taken for somebody else's.
    if (scenario.task === 'PortRunStatus')
      assert.doesNotMatch(process.output, /was not changed|Port keeps the first/);
  } else {
    // What Port did and could not tell is there; nothing is there twice.
    const isLost = name === 'silence after the request';
    assert.ok([...scenario.undone, ...(isLost ? [scenario.done, ...lostStates] : [])].includes(state), state);
    const { code } = expected;
    assert.match(
      process.message,
      code === undefined ? (codes[name] ?? /never/) : new RegExp(`\\[${code}\\]$`),
    );
  }
}

/** Beside the ends: the log has arrived, and nobody could tell; the end was not sent. */
const lostStates = ['IN_PROGRESS, 1 log entry'];

/** What holds in every case. */
function checkManners(scenario: Scenario, trouble: Trouble, { process }: CaseResult): void {
  assert.equal(process.exitCode, 0);
  assert.equal(process.completions, 1);
  const longest = scenario.longest ?? secondsOf(scenario, trouble) + 4;
  assert.ok(process.duration < longest * 1000, `${process.duration} ms`);
  const base64 = Buffer.from(clientSecret).toString('base64');
  for (const text of [process.shown, ...process.summaries]) {
    assert.ok(!text.includes(clientSecret) && !text.includes(base64));
    assert.doesNotMatch(text, /eyJ[\w-]{10,}|Bearer [\w-]/);
  }
}
