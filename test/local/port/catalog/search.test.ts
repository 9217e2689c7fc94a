import assert from 'node:assert/strict';
import { deployment, service, withPort } from '../support.ts';

const search = '/v1/blueprints/deployment/entities/search';
type Rule = Record<string, unknown>;

describe('local Port: search', () => {
  const client = withPort();
  beforeEach(async () => {
    await client().ok(201, 'POST', '/v1/blueprints', service);
    await client().ok(201, 'POST', '/v1/blueprints', deployment);
    await client().ok(201, 'POST', '/v1/blueprints/service/entities', { identifier: 'checkout' });
    const entities = [
      { identifier: 'a', title: 'Alpha', properties: { replicas: 1, tags: ['x', 'y'] } },
      { identifier: 'b', properties: { replicas: 5, isLive: true }, relations: { service: 'checkout' } },
      { identifier: 'c', properties: { expires: '2026-03-01T00:00:00Z' } },
    ];
    await client().ok(200, 'POST', '/v1/blueprints/deployment/entities/bulk?upsert=true', { entities });
  });

  const found = async (rule: Rule): Promise<string> => {
    const body = await client().ok(200, 'POST', search, { query: { combinator: 'and', rules: [rule] } });
    return body.entities.map(({ identifier }) => identifier).join('');
  };

  const rules: [string, Rule][] = [
    ['a', { property: '$identifier', operator: '=', value: 'a' }],
    ['bc', { property: '$identifier', operator: '!=', value: 'a' }],
    ['ab', { property: '$identifier', operator: 'in', value: ['a', 'b'] }],
    ['a', { property: '$title', operator: 'contains', value: 'lph' }],
    ['a', { property: '$title', operator: 'beginsWith', value: 'Al' }],
    ['a', { property: 'tags', operator: 'containsAny', value: ['y', 'z'] }],
    ['b', { property: 'replicas', operator: '>', value: 1 }],
    ['ab', { property: 'replicas', operator: '>=', value: 1 }],
    ['b', { property: 'isLive', operator: '=', value: true }],
    ['c', { property: 'replicas', operator: 'isEmpty' }],
    ['ab', { property: 'replicas', operator: 'isNotEmpty' }],
    ['c', { property: 'expires', operator: '<', value: '2026-04-01T00:00:00Z' }],
    ['b', { property: 'service', operator: '=', value: 'checkout' }],
    ['b', { relation: 'service', operator: 'isNotEmpty' }],
    [
      'ab',
      {
        combinator: 'or',
        rules: [
          { property: '$title', operator: 'in', value: ['Alpha'] },
          { property: 'isLive', operator: '=', value: true },
        ],
      },
    ],
  ];
  for (const [expected, rule] of rules)
    it(`finds ${expected} by ${JSON.stringify(rule)}`, async () => assert.equal(await found(rule), expected));

  const refusals: Rule[] = [
    { property: 'replicas', operator: 'resembles', value: 1 },
    { property: 'replicas', operator: 'in', value: [1] },
    { property: 'replicas', operator: '=' },
    { property: 'expires', operator: '<', value: 'soon' },
    { property: 'expires', operator: 'between', value: { preset: 'today' } },
    { operator: 'relatedTo', blueprint: 'service', value: 'checkout' },
    { scorecard: 'readiness', scorecardRule: 'hasTier', operator: '=', value: 'Gold' },
  ];
  for (const rule of refusals)
    it(`refuses ${JSON.stringify(rule)}, and names it`, async () => {
      const query = { combinator: 'and', rules: [rule] };
      const message = await client().refused('422 invalid_request', 'POST', search, { query });
      assert(message.includes(JSON.stringify(rule)), message);
    });

  it('pages to the end, and the last page has no next', async () => {
    const first = await client().ok(200, 'POST', search, { limit: 2 });
    const last = await client().ok(200, 'POST', search, { limit: 2, from: first.next });
    assert.deepEqual([first.entities.length, last.entities.length, last.next], [2, 1, undefined]);
    await client().refused('422 invalid_request', 'POST', search, { limit: 1001 });
  });

  it('shows only what is included', async () => {
    const { entities } = await client().ok(200, 'POST', search, {
      include: ['$identifier', 'replicas'],
      limit: 1,
    });
    assert.deepEqual(entities, [{ identifier: 'a', properties: { replicas: 1 } }]);
    const one = '/v1/blueprints/deployment/entities/a?include=identifier&include=properties.replicas';
    assert.deepEqual((await client().ok(200, 'GET', one)).entity, {
      identifier: 'a',
      properties: { replicas: 1 },
    });
  });

  it('searches all blueprints at once', async () => {
    const rules = [{ property: '$blueprint', operator: '=', value: 'service' }];
    const { entities } = await client().ok(200, 'POST', '/v1/entities/search', { combinator: 'and', rules });
    assert.deepEqual(
      entities.map(({ identifier }) => identifier),
      ['checkout'],
    );
  });
});
