import assert from 'node:assert/strict';
import {
  type Run,
  findRunByExternalId,
  getRun,
  isFinished,
  updateRun,
} from '../../../../../tasks/common/port/runs/run.ts';
import { fakePort } from '../fake-port.ts';

const open = { id: 'r_1', status: 'IN_PROGRESS' };

describe('An action run', () => {
  const read = (run: unknown) => getRun(fakePort(() => ({ run })).port, 'r_1');

  it('is read and changed by version 2 of the API, within the time that is given', async () => {
    const { port, calls } = fakePort(() => ({ run: open }));
    await getRun(port, 'r_1');
    await getRun(port, 'r_1', 700);
    await updateRun(port, 'r_1', { statusLabel: 'Waiting' });
    await updateRun(port, 'r_1', { status: 'SUCCESS' }, 800);
    const sent = { parameters: { runId: 'r_1' }, query: { version: 'v2' } };
    assert.deepEqual(calls, [
      { name: 'getRun', call: sent },
      { name: 'getRun', call: { ...sent, atMost: 700 } },
      { name: 'updateRun', call: { ...sent, body: { statusLabel: 'Waiting' } } },
      { name: 'updateRun', call: { ...sent, body: { status: 'SUCCESS' }, atMost: 800 } },
    ]);
  });

  it('tells what it has: label, links, who changed it', async () => {
    const told = { statusLabel: 'Deploying', link: ['https://a', 'https://b'], updatedBy: 'auth0|1' };
    assert.deepEqual(await read({ ...open, ...told, payload: { synchronized: true } }), {
      ...open,
      statusLabel: 'Deploying',
      links: ['https://a', 'https://b'],
      isSynchronized: true,
      updatedBy: 'auth0|1',
    });
  });

  const parts: readonly (readonly [what: string, run: object, told: Partial<Run>])[] = [
    ['one link alone', { link: 'https://a' }, { links: ['https://a'] }],
    ['links that are no text', { link: [7, 'https://a', null] }, { links: ['https://a'] }],
    ['no link', { link: null }, { links: [] }],
    ['a label and a user that are no text', { statusLabel: 7, updatedBy: { email: 'a@example.com' } }, {}],
    ['a backend that does not end it', { payload: { synchronized: false } }, {}],
    ['a backend that says in words whether it ends it', { payload: { synchronized: 'true' } }, {}],
    ['no backend', { payload: null }, {}],
  ];
  for (const [what, run, told] of parts)
    it(`may have ${what}`, async () => {
      const nothing = { statusLabel: undefined, links: [], isSynchronized: false, updatedBy: undefined };
      assert.deepEqual(await read({ ...open, ...run }), { ...open, ...nothing, ...told });
    });

  for (const [status, finished] of [
    ['IN_PROGRESS', false],
    ['WAITING_FOR_APPROVAL', false],
    ['SUCCESS', true],
    ['DECLINED', true],
    ['UNHEARD_OF', true],
  ] as const)
    it(`is ${finished ? 'finished' : 'open'} as ${status}`, () => {
      assert.equal(isFinished({ status }), finished);
    });

  it('is none without an id and a status, which the error says', async () => {
    await assert.rejects(read({ id: 'r_1' }), {
      code: 'PORT_ANSWER',
      message: /^Cannot read the run: the answer holds no run with an id/,
    });
  });

  it('is found by the id that another system gave it, where there is one', async () => {
    const { port, calls } = fakePort(() => ({ runs: [open, { ...open, id: 'r_0' }] }));
    assert.equal((await findRunByExternalId(port, 'build/7'))?.id, 'r_1');
    assert.deepEqual(calls, [
      { name: 'findRuns', call: { query: { version: 'v2', external_run_id: 'build/7', limit: 1 } } },
    ]);
    for (const runs of [[], undefined])
      assert.equal(await findRunByExternalId(fakePort(() => ({ runs })).port, 'build/7'), undefined);
    await assert.rejects(findRunByExternalId(fakePort(() => ({ runs: ['odd'] })).port, 'build/7'), {
      message: /^Cannot look for the run: the answer holds no run/,
    });
  });
});
