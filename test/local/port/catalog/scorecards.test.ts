import assert from 'node:assert/strict';
import { service, withPort } from '../support.ts';

const scorecards = '/v1/blueprints/service/scorecards';
const entities = '/v1/blueprints/service/entities';

const rule = (identifier: string, level: string, condition: object) => ({
  ...{ identifier, title: identifier, level },
  query: { combinator: 'and', conditions: [condition] },
});
const readiness = {
  identifier: 'readiness',
  title: 'Readiness',
  rules: [
    rule('hasTier', 'Bronze', { property: 'tier', operator: 'isNotEmpty' }),
    rule('hasTitle', 'Bronze', { property: '$title', operator: 'isNotEmpty' }),
    rule('isTierOne', 'Gold', { property: 'tier', operator: '<=', value: 1 }),
  ],
};

describe('local Port: scorecards', () => {
  const client = withPort();
  beforeEach(() => client().ok(201, 'POST', '/v1/blueprints', service));

  const write = (identifier: string, tier?: number, title?: string) =>
    client().ok(201, 'POST', `${entities}?upsert=true`, {
      ...{ identifier, title, properties: tier === undefined ? {} : { tier } },
    });
  const read = async (identifier: string) =>
    (await client().ok(200, 'GET', `${entities}/${identifier}`)).entity.scorecards;

  it('shows the level an entity holds and each rule, as they stand now', async () => {
    await client().ok(201, 'POST', scorecards, readiness);
    await write('checkout', 2, 'Checkout');
    assert.deepEqual(await read('checkout'), {
      readiness: {
        level: 'Silver',
        rules: [
          { identifier: 'hasTier', status: 'SUCCESS', level: 'Bronze' },
          { identifier: 'hasTitle', status: 'SUCCESS', level: 'Bronze' },
          { identifier: 'isTierOne', status: 'FAILURE', level: 'Gold' },
        ],
      },
    });
  });

  const held: [string, number | undefined, string | undefined][] = [
    ['Basic', undefined, undefined],
    ['Basic', 1, undefined],
    ['Silver', 2, 'Checkout'],
    ['Gold', 1, 'Checkout'],
  ];
  for (const [level, tier, title] of held)
    it(`gives ${level} to tier ${String(tier)} with title ${String(title)}: all rules up to a level must pass`, async () => {
      await client().ok(201, 'POST', scorecards, readiness);
      await write('checkout', tier, title);
      assert.equal((await read('checkout'))?.readiness?.level, level);
    });

  it('takes the first of its own levels as the one that everything holds', async () => {
    const levels = [{ title: 'Red', color: 'red' }, { title: 'Green' }];
    const rules = [rule('hasTier', 'Green', { property: 'tier', operator: '=', value: 1 })];
    await client().ok(201, 'POST', scorecards, { ...readiness, levels, rules });
    await write('low', 2);
    await write('high', 1);
    assert.deepEqual(
      [(await read('low'))?.readiness?.level, (await read('high'))?.readiness?.level],
      ['Red', 'Green'],
    );
  });

  it('is absent from an entity where there is none, where its filter leaves it out, and where include is used', async () => {
    await write('checkout', 2);
    assert.equal(await read('checkout'), undefined);
    const filter = { combinator: 'and', conditions: [{ property: 'tier', operator: '=', value: 1 }] };
    await client().ok(201, 'POST', scorecards, { ...readiness, filter });
    assert.equal(await read('checkout'), undefined);
    await write('checkout', 1);
    assert.equal((await read('checkout'))?.readiness?.level, 'Basic');
    assert.equal(await read('checkout?include=scorecards'), undefined);
  });

  it('is shown by searches, too', async () => {
    await client().ok(201, 'POST', scorecards, readiness);
    await write('checkout', 2, 'Checkout');
    for (const [path, body] of [
      [`${entities}/search`, {}],
      ['/v1/entities/search', { combinator: 'and', rules: [] }],
    ] as const)
      assert.equal(
        (await client().ok(200, 'POST', path, body)).entities[0]?.scorecards?.readiness?.level,
        'Silver',
      );
  });

  const searches: [string, object][] = [
    ['silver', { scorecard: 'readiness', operator: '=', value: 'Silver' }],
    ['silver gold', { scorecard: 'readiness', operator: 'in', value: ['Silver', 'Gold'] }],
    ['silver none', { scorecard: 'readiness', operator: '!=', value: 'Gold' }],
    ['none', { scorecard: 'readiness', operator: 'isEmpty' }],
    ['silver gold', { scorecard: 'readiness', scorecardRule: 'hasTier', operator: 'isNotEmpty' }],
    ['silver gold none', { scorecard: 'readiness', scorecardRule: 'other', operator: 'isEmpty' }],
  ];
  for (const [expected, found] of searches)
    it(`finds ${expected} in a blueprint by ${JSON.stringify(found)}`, async () => {
      const filter = { combinator: 'and', conditions: [{ property: 'tier', operator: 'isNotEmpty' }] };
      await client().ok(201, 'POST', scorecards, { ...readiness, filter });
      await write('silver', 2, 'Silver');
      await write('gold', 1, 'Gold');
      await write('none');
      const query = { combinator: 'or', rules: [{ combinator: 'and', rules: [found] }] };
      const answer = await client().ok(200, 'POST', `${entities}/search`, { query });
      assert.equal(answer.entities.map(({ identifier }) => identifier).join(' '), expected);
    });

  it('is no rule of a search in all blueprints, nor compared with the value of one of its rules', async () => {
    const level = { scorecard: 'readiness', operator: '=', value: 'Gold' };
    const query = { combinator: 'and', rules: [level] };
    await client().refused('422 invalid_request', 'POST', '/v1/entities/search', query);
    const rules = [{ ...level, scorecardRule: 'hasTier' }];
    await client().refused('422 invalid_request', 'POST', `${entities}/search`, {
      query: { ...query, rules },
    });
  });

  it('keeps definitions, with the levels of those that name none', async () => {
    const { scorecard } = await client().ok(201, 'POST', scorecards, readiness);
    assert.deepEqual(
      scorecard.levels.map(({ title }) => title),
      ['Basic', 'Bronze', 'Silver', 'Gold'],
    );
    await client().refused('409 identifier_taken', 'POST', scorecards, readiness);
    await client().ok(200, 'PUT', `${scorecards}/readiness`, { ...readiness, title: 'Other' });
    assert.deepEqual(
      (await client().ok(200, 'GET', scorecards)).scorecards.map(({ title }) => title),
      ['Other'],
    );
    assert.deepEqual(
      (await client().ok(200, 'GET', '/v1/scorecards')).scorecards.map(({ blueprint, title }) => [
        blueprint,
        title,
      ]),
      [['service', 'Other']],
    );
    await client().ok(200, 'DELETE', `${scorecards}/readiness`);
    await client().refused('404 not_found', 'GET', `${scorecards}/readiness`);
    await client().refused('404 not_found', 'GET', '/v1/blueprints/nothing/scorecards');
  });

  const faults: Record<string, object> = {
    'a rule of the lowest level': { rules: [rule('a', 'Basic', { property: 'tier', operator: 'isEmpty' })] },
    'a rule of an unknown level': { rules: [rule('a', 'Iron', { property: 'tier', operator: 'isEmpty' })] },
    'an unknown operator': { rules: [rule('a', 'Gold', { property: 'tier', operator: 'near', value: 1 })] },
    'no title': { title: '' },
    'an unknown key': { colour: 'red' },
  };
  for (const [what, change] of Object.entries(faults))
    it(`refuses a scorecard with ${what}`, () =>
      client()
        .refused('422 invalid_request', 'POST', scorecards, { ...readiness, ...change })
        .then());
});
