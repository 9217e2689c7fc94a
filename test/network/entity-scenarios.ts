import type { LocalPort } from '../../local/port/index.ts';
import { failedAt500, found, oneByOne, token } from './expectations.ts';
import { addEntity, entityState } from './port-fixture.ts';
import type { Scenario, Step } from './scenario.ts';

const upsert = {
  task: 'PortUpsertEntity',
  prepare: (port: LocalPort): Promise<Step> =>
    Promise.resolve({
      inputs: { blueprint: 'service', identifier: 'one', properties: '{"note":"new"}' },
      state: () => entityState(port),
    }),
  done: 'one new',
  undone: ['nothing'],
} as const;

const withOne =
  (inputs: Readonly<Record<string, string>>) =>
  async (port: LocalPort): Promise<Step> => {
    await addEntity(port, 'one');
    return { inputs, state: () => entityState(port) };
  };

/** The calls of the tasks that read, write and delete entities. */
export const entityScenarios: readonly Scenario[] = [
  { ...upsert, ...token },
  {
    ...upsert,
    call: 'GET blueprint',
    method: 'GET',
    path: /\/blueprints\/service$/,
    repeat: 'safe',
    async prepare(port) {
      const step = await upsert.prepare(port);
      return { ...step, inputs: { ...step.inputs, properties: 'note: 1.10' } };
    },
    done: 'one 1.10',
  },
  { ...upsert, call: 'POST entity', method: 'POST', path: /\/service\/entities$/, repeat: 'safe' },
  {
    ...upsert,
    call: 'POST entity in mode create',
    method: 'POST',
    path: /\/service\/entities$/,
    repeat: 'safe',
    exceptions: failedAt500,
    async prepare(port) {
      const step = await upsert.prepare(port);
      return { ...step, inputs: { ...step.inputs, mode: 'create' } };
    },
  },
  {
    ...upsert,
    call: 'POST entities (bulk)',
    method: 'POST',
    path: /\/entities\/bulk$/,
    repeat: 'safe',
    exceptions: failedAt500,
    prepare: (port) =>
      Promise.resolve({
        inputs: {
          blueprint: 'service',
          entities:
            '[{"identifier":"one","properties":{"note":"new"}},{"identifier":"two","properties":{"note":"new"}}]',
        },
        state: () => entityState(port),
      }),
    done: 'one new, two new',
  },
  {
    task: 'PortGetEntity',
    ...token,
    prepare: withOne({ blueprint: 'service', identifier: 'one' }),
    done: 'one old',
    undone: ['one old'],
  },
  {
    task: 'PortSearchEntities',
    ...token,
    prepare: withOne({ blueprint: 'service', query: '{"combinator":"and","rules":[]}' }),
    done: 'one old',
    undone: ['one old'],
  },
  {
    task: 'PortDeleteEntity',
    ...token,
    prepare: withOne({ blueprint: 'service', identifier: 'one' }),
    done: 'nothing',
    undone: ['one old'],
  },
  {
    task: 'PortGetEntity',
    call: 'GET entity',
    method: 'GET',
    path: /\/entities\/one$/,
    repeat: 'safe',
    prepare: withOne({ blueprint: 'service', identifier: 'one' }),
    done: 'one old',
    undone: ['one old'],
  },
  {
    task: 'PortSearchEntities',
    call: 'POST search',
    method: 'POST',
    path: /\/entities\/search$/,
    repeat: 'safe',
    prepare: withOne({ blueprint: 'service', query: '{"combinator":"and","rules":[]}' }),
    done: 'one old',
    undone: ['one old'],
  },
  {
    task: 'PortSearchEntities',
    call: 'POST search of the whole catalog',
    method: 'POST',
    path: /^\/v1\/entities\/search$/,
    repeat: 'safe',
    prepare: withOne({
      query: '[{"property":"$identifier","operator":"=","value":"one"}]',
      failIfNone: 'true',
    }),
    done: 'one old',
    undone: ['one old'],
  },
  {
    task: 'PortDeleteEntity',
    call: 'DELETE entity',
    method: 'DELETE',
    path: /\/entities\/one$/,
    repeat: 'asksFirst',
    exceptions: { ...found, ...failedAt500 },
    prepare: withOne({ blueprint: 'service', identifier: 'one' }),
    done: 'nothing',
    undone: ['one old'],
  },
  {
    task: 'PortDeleteEntity',
    call: 'POST delete (bulk)',
    method: 'POST',
    path: /\/bulk\/entities\/delete$/,
    repeat: 'asksFirst',
    exceptions: oneByOne,
    async prepare(port) {
      await addEntity(port, 'two');
      return withOne({ blueprint: 'service', identifiers: 'one\ntwo' })(port);
    },
    done: 'nothing',
    undone: ['two old, one old'],
  },
];
