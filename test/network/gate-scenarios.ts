import { token } from './expectations.ts';
import { addEntity, addScorecard, entityState } from './port-fixture.ts';
import type { Scenario } from './scenario.ts';

const gate = {
  task: 'PortGate',
  repeat: 'safe',
  async prepare(port) {
    await addEntity(port, 'one');
    await addScorecard(port);
    return {
      inputs: {
        ...{ blueprint: 'service', identifier: 'one', requireLevels: 'ready >= Gold' },
        ...{ conditions: 'properties.note = old', forbidEntities: '[{ blueprint: deployment }]' },
      },
      state: () => entityState(port),
    };
  },
  done: 'one old',
  undone: ['one old'],
} satisfies Partial<Scenario>;

/** The calls of the gate: nothing passes where one of them has no answer. */
export const gateScenarios: readonly Scenario[] = [
  { ...gate, ...token },
  { ...gate, call: 'GET scorecards', method: 'GET', path: /\/service\/scorecards$/ },
  { ...gate, call: 'GET entity', method: 'GET', path: /\/entities\/one$/ },
  { ...gate, call: 'POST search', method: 'POST', path: /\/deployment\/entities\/search$/ },
];
