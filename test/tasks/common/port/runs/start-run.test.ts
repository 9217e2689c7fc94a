import assert from 'node:assert/strict';
import {
  type NewRun,
  findStartedRuns,
  getUserInputs,
  startRun,
} from '../../../../../tasks/common/port/runs/start-run.ts';
import { fakePort } from '../fake-port.ts';

const wanted: NewRun = {
  action: 'deploy',
  properties: { service: 'shop', tags: ['a'], skipped: undefined },
  entity: undefined,
  runAs: undefined,
};
const since = Date.parse('2026-11-22T10:00:00Z');

describe('A run', () => {
  it('is started with its properties, and with entity and user where they are given', async () => {
    const { port, calls } = fakePort(() => ({ run: { id: 'r_1', status: 'IN_PROGRESS' } }));
    const run = await startRun(port, wanted);
    assert.equal(run.id, 'r_1');
    await startRun(port, { ...wanted, entity: 'shop', runAs: 'a@example.com' });
    const { properties } = wanted;
    const parameters = { action: 'deploy' };
    assert.deepEqual(
      calls.map(({ name, call }) => [name, call]),
      [
        ['startRun', { parameters, query: { run_as: undefined }, body: { properties } }],
        [
          'startRun',
          { parameters, query: { run_as: 'a@example.com' }, body: { properties, entity: 'shop' } },
        ],
      ],
    );
  });

  for (const run of [
    undefined,
    { id: 'r_$(secret)', status: 'IN_PROGRESS' },
    { id: 'r_a-b', status: 'IN_PROGRESS' },
    { id: 'x_1', status: 'IN_PROGRESS' },
    { id: 'r_1', status: '$(secret)' },
    { id: ['r_1'], status: 'SUCCESS' },
  ]) {
    it(`is none whose id or status is no such: ${JSON.stringify(run)}`, async () => {
      await assert.rejects(startRun(fakePort(() => ({ run })).port, wanted), {
        code: 'PORT_ANSWER',
        message:
          "Cannot start the run: the answer holds no run with an id such as r_abc123 and a status such as SUCCESS. Is baseUrl the address of Port's API?",
      });
    });
  }

  it('asks for the user inputs of its action, which may have none', async () => {
    const inputsIn = async (action: unknown) => {
      const { port, calls } = fakePort(() => ({ action }));
      const inputs = await getUserInputs(port, 'deploy');
      assert.deepEqual(calls, [{ name: 'getAction', call: { parameters: { action: 'deploy' } } }]);
      return inputs;
    };
    const properties = { service: { type: 'string' } };
    assert.deepEqual(await inputsIn({ trigger: { userInputs: { properties } } }), properties);
    for (const action of [undefined, {}, { trigger: { userInputs: { properties: [] } } }])
      assert.deepEqual(await inputsIn(action), {});
  });
});

describe('A run that may have been started', () => {
  const same = {
    ...{ id: 'r_1', status: 'IN_PROGRESS', action: 'deploy', createdAt: '2026-11-22T10:00:00.000Z' },
    properties: { service: 'shop', tags: ['a'], added: 'by default' },
  };
  const idsOf = async (runs: unknown, more: Partial<NewRun> = {}) => {
    const { port, calls } = fakePort(() => ({ runs }));
    const found = await findStartedRuns(port, { ...wanted, ...more }, since);
    const [{ name, call } = assert.fail()] = calls;
    assert.deepEqual(
      [name, call],
      ['findRuns', { query: { version: 'v2', action: 'deploy', source: ['API'], limit: 100 } }],
    );
    return found.map(({ id }) => id);
  };

  const like: [what: string, run: object, more?: Partial<NewRun>][] = [
    ['has the same action and inputs', same],
    ['shows its action as an object', { ...same, action: { identifier: 'deploy' } }],
    ['has what was given in rawProperties', { ...same, rawProperties: same.properties, properties: {} }],
    ['is of the same entity', { ...same, entity: { identifier: 'shop' } }, { entity: 'shop' }],
  ];
  for (const [what, run, more] of like) {
    it(`is one that ${what}`, async () => {
      assert.deepEqual(await idsOf([run], more), ['r_1']);
    });
  }

  const unlike: [what: string, run: unknown, more?: Partial<NewRun>][] = [
    ['was made before', { ...same, createdAt: '2026-11-22T09:59:59.999Z' }],
    ['does not say when it was made', { ...same, createdAt: undefined }],
    ['says in numbers when it was made', { ...same, createdAt: since + 5 }],
    ['is of another action', { ...same, action: 'destroy' }],
    ['has an action without a name', { ...same, action: { identifier: 7 } }],
    ['is of an entity', { ...same, entity: 'shop' }],
    ['is of another entity', { ...same, entity: 'cart' }, { entity: 'shop' }],
    ['has one other input', { ...same, properties: { service: 'cart', tags: ['a'] } }],
    ['has one input less', { ...same, properties: { service: 'shop' } }],
    ['has no inputs', { ...same, properties: undefined }],
    ['is no run', 'r_1'],
  ];
  for (const [what, run, more] of unlike) {
    it(`is none that ${what}`, async () => {
      assert.deepEqual(await idsOf([run], more), []);
    });
  }

  it('is no run at all where it has no id', async () => {
    await assert.rejects(idsOf([{ ...same, id: undefined }]), {
      code: 'PORT_ANSWER',
      message: /^Cannot look for the run: /,
    });
  });

  it('is none where the answer holds no list', async () => {
    assert.deepEqual(await idsOf(undefined), []);
  });
});
