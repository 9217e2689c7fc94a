import assert from 'node:assert/strict';
import { listScorecards } from '../../../../tasks/common/port/scorecards.ts';
import { fakePort } from './fake-port.ts';

describe('The scorecards of a blueprint', () => {
  const list = (scorecards: unknown) => listScorecards(fakePort(() => ({ scorecards })).port, 'service');

  it('have titles, levels from the lowest to the highest, and rules', async () => {
    const { port, calls } = fakePort(() => ({
      scorecards: [
        {
          identifier: 'ready',
          title: 'Production readiness',
          levels: [
            { title: 'Red', color: 'red' },
            { title: 'Green', color: 'green' },
          ],
          rules: [{ identifier: 'slo', title: 'Has SLO', description: 'An SLO is set', level: 'Green' }],
        },
      ],
    }));
    assert.deepEqual(await listScorecards(port, 'service'), [
      {
        identifier: 'ready',
        title: 'Production readiness',
        levels: ['Red', 'Green'],
        rules: [{ identifier: 'slo', title: 'Has SLO', description: 'An SLO is set', level: 'Green' }],
      },
    ]);
    assert.deepEqual(calls, [{ name: 'listScorecards', call: { parameters: { blueprint: 'service' } } }]);
  });

  it("have their identifiers for titles where they have no others, and Port's own levels where they define none", async () => {
    const told = {
      identifier: 'ready',
      title: ' ',
      rules: [{ identifier: 'slo', title: 7, description: '' }],
    };
    assert.deepEqual(await list([told]), [
      {
        identifier: 'ready',
        title: 'ready',
        levels: ['Basic', 'Bronze', 'Silver', 'Gold'],
        rules: [{ identifier: 'slo', title: 'slo', description: undefined, level: '' }],
      },
    ]);
  });

  it('are without what has no identifier or no title', async () => {
    const odd = [null, 'x', {}, { identifier: 7 }];
    const levels = [...odd, { title: 7 }, { title: 'Gold' }];
    assert.deepEqual(await list([...odd, { identifier: 'ready', levels, rules: odd }]), [
      { identifier: 'ready', title: 'ready', levels: ['Gold'], rules: [] },
    ]);
  });

  it('are no answer without a list', async () => {
    for (const scorecards of [undefined, {}, 'none'])
      await assert.rejects(list(scorecards), {
        code: 'PORT_ANSWER',
        message: /^Cannot read the scorecards of the blueprint: the answer holds no list of them\./,
      });
  });
});
