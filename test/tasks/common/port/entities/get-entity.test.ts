import assert from 'node:assert/strict';
import { PortApiError } from '../../../../../tasks/common/errors.ts';
import { entityExists, getEntity } from '../../../../../tasks/common/port/entities/get-entity.ts';
import { entityPage, pageOf, workflowRunPage } from '../../../../../tasks/common/port/pages.ts';
import { fakePort } from '../fake-port.ts';

const key = { blueprint: 'service', identifier: 'shop' };
const failing = (status: number) =>
  fakePort(() => {
    throw new PortApiError({ code: 'PORT_REQUEST', message: 'no', status, portCode: '' });
  }).port;

describe('An entity', () => {
  it('is read with all it has, or with what was asked for', async () => {
    const { port, calls } = fakePort(() => ({ entity: { identifier: 'shop' } }));
    assert.deepEqual(await getEntity(port, key), { identifier: 'shop' });
    await getEntity(port, key, ['title']);
    assert.equal(await entityExists(port, key), true);
    const parameters = { blueprint: 'service', entity: 'shop' };
    assert.deepEqual(
      calls.map(({ call }) => call),
      [[], ['title'], ['identifier']].map((include) => ({ parameters, query: { include } })),
    );
  });

  it('is not there where Port says 404, and unknown where it says anything else', async () => {
    assert.equal(await entityExists(failing(404), key), false);
    await assert.rejects(entityExists(failing(403), key), { status: 403 });
  });

  it('is no answer without one', async () => {
    for (const answer of [{}, { entity: 'shop' }]) {
      await assert.rejects(getEntity(fakePort(() => answer).port, key), {
        code: 'PORT_ANSWER',
        message: "Cannot read the entity: the answer holds none. Is baseUrl the address of Port's API?",
      });
    }
  });

  it('has a page in Port, and so has each kind of run', () => {
    const { port } = fakePort(() => ({}));
    assert.equal(entityPage('https://app', 'a b', 'c/d'), 'https://app/a%20bEntity?identifier=c%2Fd');
    assert.equal(pageOf(port, { kind: 'action', id: 'r_1' }), 'https://app/organization/run?runId=r_1');
    assert.equal(
      pageOf(port, { kind: 'workflowNode', id: 'wfnr_1' }),
      'https://app/organization/run?nodeRunId=wfnr_1',
    );
    assert.equal(
      workflowRunPage('https://app', 'wfr_1'),
      'https://app/organization/workflow-run?runId=wfr_1',
    );
  });
});
