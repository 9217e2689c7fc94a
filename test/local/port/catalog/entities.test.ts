import assert from 'node:assert/strict';
import { itWithEarlyAnswers } from '../../../support/where.ts';
import { deployment, service, startRun, withPort } from '../support.ts';

const path = '/v1/blueprints/deployment/entities';
const upsert = `${path}?upsert=true&merge=true`;

describe('local Port: entities', () => {
  const client = withPort();
  beforeEach(async () => {
    await client().ok(201, 'POST', '/v1/blueprints', service);
    await client().ok(201, 'POST', '/v1/blueprints', deployment);
  });

  it('answers 201 also to an update', async () => {
    await client().ok(201, 'POST', upsert, {
      identifier: 'a/b',
      title: 'First',
      properties: { replicas: 1 },
    });
    const { entity } = await client().ok(201, 'POST', upsert, {
      identifier: 'a/b',
      properties: { isLive: true },
    });
    assert.deepEqual(entity.properties, { replicas: 1, isLive: true });
    assert.equal(entity.title, 'First');
    const read = await client().ok(200, 'GET', `${path}/${encodeURIComponent('a/b')}`);
    assert.deepEqual(read.entity, entity);
  });

  it('shows who wrote an entity and when, unless the quirk of the API document is chosen; always its blueprint', async () => {
    await client().ok(201, 'POST', upsert, { identifier: 'a', properties: {} });
    const keys = async () => Object.keys((await client().ok(200, 'GET', `${path}/a`)).entity);
    assert((await keys()).includes('createdAt'));
    client().port.quirks.hasEntityMeta = false;
    assert.deepEqual(await keys(), ['identifier', 'blueprint', 'properties', 'relations']);
  });

  it('tells who and what wrote an entity to who includes it', async () => {
    await client().ok(201, 'POST', upsert, { identifier: 'a', properties: {} });
    const { entity } = await client().ok(200, 'GET', `${path}/a?include=createdBy&include=$datasource`);
    assert.deepEqual(entity, { createdBy: 'dev@example.com', $datasource: 'test-client/1.0' });
  });

  it('drops what is not sent when merge is not asked for', async () => {
    await client().ok(201, 'POST', upsert, { identifier: 'a', title: 'First', properties: { replicas: 1 } });
    const { entity } = await client().ok(201, 'POST', `${path}?upsert=true`, {
      identifier: 'a',
      properties: {},
    });
    assert.deepEqual([entity.title, entity.properties], [undefined, {}]);
  });

  it('refuses to create what exists, unless upsert is asked for', async () => {
    await client().ok(201, 'POST', path, { identifier: 'a' });
    await client().refused('409 identifier_taken', 'POST', path, { identifier: 'a' });
  });

  for (const identifier of ['build 42', '.', '..', '', 'a?b'])
    it(`refuses the identifier ${JSON.stringify(identifier)}`, () =>
      client().refused('422 invalid_request', 'POST', upsert, { identifier }));

  const misfits: Record<string, object> = {
    'a property that the blueprint lacks': { colour: 'red' },
    'a number as text': { replicas: '1' },
    'text as a boolean': { isLive: 'true' },
    'a URL that is none': { jobUrl: 'build 42' },
    'an address that is none': { owner: 'me' },
    'a timer that is no time': { expires: 'tomorrow' },
    'a word that is not offered': { size: 'medium' },
    'a list of the wrong things': { tags: [1] },
    'text for an object': { details: 'x' },
  };
  for (const [what, properties] of Object.entries(misfits))
    it(`refuses ${what}, and names the property`, async () => {
      const message = await client().refused('422 blueprint_schema_mismatch', 'POST', upsert, {
        identifier: 'a',
        properties,
      });
      assert(message.includes(Object.keys(properties)[0] ?? '-'), message);
    });

  it('takes every kind of property that fits, and null as no value', async () => {
    const properties = {
      ...{ jobUrl: 'https://example.com/1', owner: 'dev@example.com', expires: '2026-01-01T00:00:00Z' },
      ...{ size: 'small', replicas: 1.5, isLive: false, tags: ['x'], details: { deep: [1] } },
    };
    await client().ok(201, 'POST', upsert, { identifier: 'a', properties });
    const { entity } = await client().ok(201, 'POST', upsert, {
      identifier: 'a',
      properties: { replicas: null },
    });
    const { replicas, ...rest } = properties;
    assert.equal(replicas, 1.5);
    assert.deepEqual(entity.properties, rest);
  });

  itWithEarlyAnswers('refuses a body over 1 MiB with 413', () =>
    client().refused('413 bad_request', 'POST', upsert, {
      identifier: 'a',
      title: 'x'.repeat(1024 * 1024),
    }),
  );

  it('only validates when that is asked for', async () => {
    await client().ok(201, 'POST', `${upsert}&validation_only=true`, { identifier: 'a' });
    assert.equal(client().port.store.entity('deployment', 'a'), undefined);
  });

  it('refuses a related entity that is missing, or makes it when asked to', async () => {
    const body = { identifier: 'a', relations: { service: 'checkout' } };
    const message = await client().refused('404 not_found', 'POST', upsert, body);
    assert(message.includes('checkout'));
    const { entity } = await client().ok(201, 'POST', `${upsert}&create_missing_related_entities=true`, body);
    assert.deepEqual(entity.relations, { service: 'checkout', blocks: [] });
    assert(client().port.store.entity('service', 'checkout'));
  });

  it('holds single and many relations apart, and refuses those that the blueprint lacks', async () => {
    const relate = (relations: object) => ['POST', upsert, { identifier: 'a', relations }] as const;
    await client().refused('422 relation_many_violation', ...relate({ service: ['x'] }));
    await client().refused('422 relation_many_violation', ...relate({ blocks: 'x' }));
    await client().refused('404 not_found', ...relate({ other: 'x' }));
  });

  it('finds a related entity by a search query', async () => {
    await client().ok(201, 'POST', '/v1/blueprints/service/entities', {
      identifier: 'checkout',
      title: 'Checkout',
    });
    const query = { combinator: 'and', rules: [{ property: '$title', operator: '=', value: 'Checkout' }] };
    const { entity } = await client().ok(201, 'POST', upsert, {
      identifier: 'a',
      relations: { service: query },
    });
    assert.equal(entity.relations.service, 'checkout');
  });

  it('changes by PATCH only what exists, and only by the keys it knows', async () => {
    await client().refused('404 not_found', 'PATCH', `${path}/a`, { title: 'x' });
    await client().ok(201, 'POST', upsert, { identifier: 'a', title: 'First', properties: { replicas: 1 } });
    await client().refused('422 invalid_request', 'PATCH', `${path}/a`, { blueprint: 'deployment' });
    const { entity } = await client().ok(200, 'PATCH', `${path}/a`, {
      title: null,
      properties: { isLive: true },
    });
    assert.deepEqual([entity.title, entity.properties], [undefined, { replicas: 1, isLive: true }]);
  });

  it('replaces by PUT', async () => {
    await client().ok(201, 'POST', upsert, { identifier: 'a', properties: { replicas: 1 } });
    const { entity } = await client().ok(200, 'PUT', `${path}/a`, { properties: { isLive: true } });
    assert.deepEqual(entity.properties, { isLive: true });
  });

  it('deletes an entity that nothing depends on, or its dependents with it', async () => {
    await client().ok(201, 'POST', '/v1/blueprints/service/entities', { identifier: 'checkout' });
    await client().ok(201, 'POST', upsert, { identifier: 'a', relations: { service: 'checkout' } });
    const one = '/v1/blueprints/service/entities/checkout';
    await client().refused('403 has_dependents', 'DELETE', `${one}?delete_dependents=false`);
    await client().ok(200, 'DELETE', `${one}?delete_dependents=true`);
    assert.equal(client().port.store.entitiesOf('deployment').size, 0);
    await client().refused('404 not_found', 'DELETE', `${one}?delete_dependents=true`);
  });

  it('ties an entity to a run that is in progress, and to no other', async () => {
    const id = await startRun(client());
    await client().ok(201, 'POST', `${upsert}&run_id=${id}`, { identifier: 'a' });
    assert.deepEqual(client().port.store.runEntities.get(id), [
      { blueprint: 'deployment', identifier: 'a', operation: 'CREATE' },
    ]);
    await client().ok(200, 'PATCH', `/v1/actions/runs/${id}`, { status: 'SUCCESS' });
    await client().refused('400 run_exhausted', 'POST', `${upsert}&run_id=${id}`, { identifier: 'b' });
    await client().refused('404 not_found', 'POST', `${upsert}&run_id=r_unknown`, { identifier: 'b' });
    assert.equal(client().port.store.entity('deployment', 'b'), undefined);
  });

  it('answers 404 for a blueprint that it does not have', () =>
    client().refused('404 not_found', 'POST', '/v1/blueprints/nothing/entities?upsert=true', {
      identifier: 'a',
    }));
});
