import assert from 'node:assert/strict';
import { deployment, service, withPort } from '../support.ts';

const path = '/v1/blueprints/deployment/entities/bulk?upsert=true&merge=true';
const many = (count: number) => Array.from({ length: count }, (_, index) => ({ identifier: `e${index}` }));

describe('local Port: bulk calls', () => {
  const client = withPort();
  beforeEach(async () => {
    await client().ok(201, 'POST', '/v1/blueprints', service);
    await client().ok(201, 'POST', '/v1/blueprints', deployment);
  });

  it('takes 20 entities in a call, and neither 21 nor none', async () => {
    const { entities, errors } = await client().ok(200, 'POST', path, { entities: many(20) });
    assert.deepEqual([entities.length, errors, entities[19]?.created], [20, [], true]);
    await client().refused('422 invalid_request', 'POST', path, { entities: many(21) });
    await client().refused('422 invalid_request', 'POST', path, { entities: [] });
  });

  it('writes what it can and tells the fate of each entity by its index', async () => {
    const entities = [
      { identifier: 'good', properties: { replicas: 1 } },
      { identifier: 'bad', properties: { replicas: 'one' } },
      { identifier: 'lonely', relations: { service: 'nobody' } },
    ];
    const body = await client().ok(207, 'POST', path, { entities });
    assert.deepEqual(body.entities, [{ index: 0, identifier: 'good', created: true }]);
    assert.deepEqual(
      body.errors.map(({ index, statusCode, error }) => [index, statusCode, error]),
      [
        [1, 422, 'blueprint_schema_mismatch'],
        [2, 404, 'not_found'],
      ],
    );
    assert.deepEqual([...client().port.store.entitiesOf('deployment').keys()], ['good']);
  });

  it('can answer 200 where there are errors, as the schema of the API allows', async () => {
    client().port.quirks.bulkErrorStatus = 200;
    const entities = [{ identifier: 'bad', properties: { replicas: 'one' } }];
    assert.equal((await client().ok(200, 'POST', path, { entities })).errors.length, 1);
  });

  it('says of an entity that was there before that it was not created', async () => {
    await client().ok(200, 'POST', path, { entities: many(1) });
    const { entities } = await client().ok(200, 'POST', path, { entities: many(2) });
    assert.deepEqual(
      entities.map(({ created }) => created),
      [false, true],
    );
  });

  it('deletes all or nothing', async () => {
    await client().ok(200, 'POST', path, { entities: many(3) });
    const remove = '/v1/blueprints/deployment/bulk/entities/delete?delete_dependents=false';
    await client().refused('404 not_found', 'POST', remove, { entities: ['e0', 'nothing'] });
    assert.equal(client().port.store.entitiesOf('deployment').size, 3);
    const { deletedEntities } = await client().ok(200, 'POST', remove, { entities: ['e0', 'e1'] });
    assert.deepEqual(deletedEntities, ['e0', 'e1']);
    await client().refused('422 invalid_request', 'POST', remove, { entities: Array(101).fill('e') });
  });
});
