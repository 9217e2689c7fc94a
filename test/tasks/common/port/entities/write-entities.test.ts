import assert from 'node:assert/strict';
import { NetworkError, PortApiError } from '../../../../../tasks/common/errors.ts';
import type { PortCall } from '../../../../../tasks/common/port/client/client.ts';
import { type BulkResult, writeEntities } from '../../../../../tasks/common/port/entities/write-entities.ts';
import { type Entity, writeEntity } from '../../../../../tasks/common/port/entities/write-entity.ts';
import { fakePort } from '../fake-port.ts';

const started = Date.parse('2026-11-22T10:00:00Z');
const clock = { now: () => started };
const minutes = (count: number) => new Date(started + count * 60_000).toISOString();
const options = {
  blueprint: 'service',
  mode: 'merge',
  createMissingRelatedEntities: false,
  validateOnly: false,
  runId: undefined,
} as const;
const refusalOf = (portCode: string, status = 409) =>
  new PortApiError({ code: 'PORT_REQUEST', message: portCode, status, portCode });

/** Answers a write whose first try was lost. */
const afterLoss = (answer: () => unknown) => (call: PortCall) => {
  call.onLost?.();
  return answer();
};

describe('Writing many entities', () => {
  const entities: readonly Entity[] = ['a', 'b', 'c'].map((identifier) => ({ identifier }));
  const taken = (index: number) => ({ index, statusCode: 409, error: 'identifier_taken', message: 'Taken' });

  it('is one call with the entities of one blueprint', async () => {
    const { port, calls } = fakePort(() => ({ entities: [] }));
    await writeEntities(port, clock, entities, { ...options, runId: 'r_1', validateOnly: true });
    const [{ name, call } = assert.fail()] = calls;
    const { onLost, ...sent } = call;
    assert.ok(onLost);
    assert.deepEqual(
      [name, sent],
      [
        'upsertEntities',
        {
          parameters: { blueprint: 'service' },
          query: {
            upsert: true,
            merge: true,
            validation_only: true,
            create_missing_related_entities: false,
            run_id: 'r_1',
          },
          body: { entities },
        },
      ],
    );
  });

  it('tells for each what became of it, whatever the order and the holes of the answer', async () => {
    const { port, calls } = fakePort(() => ({
      entities: [null, { index: 2, created: true }, { index: 0, created: false }],
      errors: [7, { index: 1, statusCode: 422, error: 'invalid\nrequest', message: 'long '.repeat(200) }],
    }));
    const [first, second, third] = await writeEntities(port, clock, entities, options);
    assert.deepEqual([first, third], [{ created: false }, { created: true }]);
    assert.deepEqual([second?.refusal?.status, second?.refusal?.code], [422, 'invalid request']);
    assert.equal(second?.refusal?.message.length, 600);
    assert.equal(calls.length, 1);
  });

  it('says so where the answer tells nothing of an entity, or tells it in another shape', async () => {
    const { port } = fakePort(() => ({ errors: [{ index: 1, statusCode: '409', error: 4, message: null }] }));
    const untold = {
      refusal: { status: 0, code: 'no_result', message: "Port's answer does not say what became of it" },
    };
    assert.deepEqual(await writeEntities(port, clock, entities, options), [
      untold,
      { refusal: { status: 0, code: '', message: '' } },
      untold,
    ]);
  });

  for (const answer of [{ entities: {} }, { entities: [], errors: 'none' }]) {
    it(`fails on ${JSON.stringify(answer)}`, async () => {
      await assert.rejects(writeEntities(fakePort(() => answer).port, clock, entities, options), {
        code: 'PORT_ANSWER',
        message:
          "Cannot tell what became of the entities: the answer holds no list of them. Is baseUrl the address of Port's API?",
      });
    });
  }

  describe('after a lost answer', () => {
    const told = {
      entities: [
        { index: 0, created: false },
        { index: 1, created: true },
      ],
      errors: [taken(2)],
    };
    const afterLostWrite = async (found: () => unknown, some: readonly Entity[] = entities, more = {}) => {
      const { port, calls } = fakePort((call, name) =>
        name === 'upsertEntities' ? afterLoss(() => told)(call) : found(),
      );
      const results = await writeEntities(port, clock, some, { ...options, ...more });
      return { results, calls };
    };
    const refused: BulkResult = { refusal: { status: 409, code: 'identifier_taken', message: 'Taken' } };

    it('asks when the doubtful ones were made, and counts what is new as created', async () => {
      const { results, calls } = await afterLostWrite(() => ({
        entities: [
          { identifier: 'a', createdAt: minutes(-3) },
          { identifier: 'c', createdAt: minutes(-2) },
          'odd',
          null,
        ],
      }));
      assert.deepEqual(results, [{ created: false }, { created: true }, { created: true }]);
      assert.deepEqual(calls[1], {
        name: 'searchEntities',
        call: {
          parameters: { blueprint: 'service' },
          body: {
            query: {
              combinator: 'and',
              rules: [{ property: '$identifier', operator: 'in', value: ['a', 'c'] }],
            },
            include: ['$identifier', '$createdAt'],
            limit: 2,
          },
        },
      });
    });

    it('leaves the answer as it is where the doubtful ones are old, or cannot be found', async () => {
      for (const answer of [{ entities: [] }, {}]) {
        const { results } = await afterLostWrite(() => answer);
        assert.deepEqual(results, [{ created: false }, { created: true }, refused]);
      }
    });

    it('says that it may have been created where Port refuses the question', async () => {
      const { results } = await afterLostWrite(() => {
        throw refusalOf('forbidden', 403);
      });
      const message = 'Taken. An earlier try of this step, whose answer was lost, may have created it';
      assert.deepEqual(results, [
        { created: false },
        { created: true },
        { refusal: { status: 409, code: 'identifier_taken', message } },
      ]);
    });

    it('says so of no entity that is refused for another reason', async () => {
      const invalid = { index: 1, statusCode: 422, error: 'invalid_request', message: 'No' };
      const { port } = fakePort((call, name) => {
        if (name !== 'upsertEntities') throw refusalOf('forbidden', 403);
        return afterLoss(() => ({ errors: [taken(0), invalid, taken(2)] }))(call);
      });
      const results = await writeEntities(port, clock, entities, options);
      assert.deepEqual(
        results.map(({ refusal }) => refusal?.message.includes('An earlier try')),
        [true, false, true],
      );
    });

    it('asks as well where the lost answer was that of an earlier call, since the first try of which it counts', async () => {
      const { port, calls } = fakePort((_call, name) =>
        name === 'upsertEntities'
          ? { errors: [taken(0)], entities: [1, 2].map((index) => ({ index, created: true })) }
          : { entities: [{ identifier: 'a', createdAt: minutes(-7) }] },
      );
      const more = { ...options, mostResets: 2 };
      for (const [lostSince, first] of [
        [started - 5 * 60_000, { created: true }],
        [started - 4 * 60_000, refused],
      ] as const) {
        const results = await writeEntities(port, clock, entities, { ...more, lostSince });
        assert.deepEqual(results, [first, { created: true }, { created: true }]);
      }
      assert.deepEqual(
        calls.map(({ name, call: { mostResets } }) => [name, mostResets]),
        [1, 2].flatMap(() => [
          ['upsertEntities', 2],
          ['searchEntities', undefined],
        ]),
      );
    });

    it('fails where the question is lost too', async () => {
      const lost = new NetworkError({ fault: 'reset', mayHaveArrived: true, message: 'reset' });
      await assert.rejects(
        afterLostWrite(() => {
          throw lost;
        }),
        lost,
      );
    });

    it('asks nothing where nothing was to be written, or no doubtful one has a plain identifier', async () => {
      const none = () => ({});
      assert.equal((await afterLostWrite(none, entities, { validateOnly: true })).calls.length, 1);
      const found = [{ identifier: { rules: [] } }, { identifier: 'b' }, { identifier: { rules: [] } }];
      assert.equal((await afterLostWrite(none, found)).calls.length, 1);
    });
  });
});

describe('Writing one entity', () => {
  const entity = { identifier: 'a' };
  const written = { identifier: 'A', createdAt: minutes(0), updatedAt: minutes(0) };

  it('creates by a route of its own, and says what Port calls it and whether it is new', async () => {
    const { port, calls } = fakePort(() => ({ entity: written }));
    assert.deepEqual(await writeEntity(port, clock, entity, options), { identifier: 'A', isNew: true });
    await writeEntity(port, clock, entity, { ...options, mode: 'create' });
    assert.deepEqual(
      calls.map(({ name, call: { parameters, query, body } }) => [
        ...[name, parameters?.blueprint, query?.upsert, query?.merge, body],
      ]),
      [
        ['upsertEntity', 'service', true, true, entity],
        ['createEntity', 'service', false, false, entity],
      ],
    );
  });

  it('does not guess where the answer tells less', async () => {
    const answers = [
      { identifier: 'A', createdAt: minutes(0), updatedAt: minutes(1) },
      { createdAt: minutes(0) },
      { updatedAt: minutes(0) },
    ];
    const { port } = fakePort((_call, _name, index) => ({ entity: answers[index] }));
    const results = answers.map(() => writeEntity(port, clock, entity, options));
    assert.deepEqual(await Promise.all(results), [
      { identifier: 'A', isNew: false },
      { identifier: 'a', isNew: undefined },
      { identifier: 'a', isNew: undefined },
    ]);
  });

  for (const answer of [[], 'a', { identifier: 7 }, { identifier: '$(secret)' }, { identifier: 'a b' }]) {
    it(`fails where the answer holds no entity with an identifier: ${JSON.stringify(answer)}`, async () => {
      await assert.rejects(writeEntity(fakePort(() => ({ entity: answer })).port, clock, entity, options), {
        code: 'PORT_ANSWER',
        message:
          "Cannot write the entity: the answer holds none with an identifier. Is baseUrl the address of Port's API?",
      });
    });
  }

  describe('that exists already', () => {
    const create = (write: (call: PortCall) => unknown, found: unknown) => {
      const { port, calls } = fakePort((call, name) => (name === 'createEntity' ? write(call) : found));
      return { written: writeEntity(port, clock, entity, { ...options, mode: 'create' }), calls };
    };
    const fail = (error: Error) => () => {
      throw error;
    };
    const mine = { entities: [{ identifier: 'a', createdAt: minutes(-2) }] };
    const taken = refusalOf('identifier_taken');

    it('is its own where a try was lost and it was made since, by clocks two minutes apart at the most', async () => {
      const { written, calls } = create(afterLoss(fail(taken)), mine);
      assert.deepEqual(await written, { identifier: 'a', isNew: true });
      const { query } = calls[1]?.call.body as { query: { rules: unknown } };
      assert.deepEqual(query.rules, [{ property: '$identifier', operator: 'in', value: ['a'] }]);
    });

    it("is somebody else's without a lost try, or where it is older", async () => {
      await assert.rejects(create(fail(taken), mine).written, taken);
      const old = { entities: [{ identifier: 'a', createdAt: minutes(-2.1) }] };
      await assert.rejects(create(afterLoss(fail(taken)), old).written, taken);
    });

    it('is not asked about after another refusal', async () => {
      for (const error of [refusalOf('invalid_request'), new TypeError('odd')])
        await assert.rejects(create(afterLoss(fail(error)), mine).written, error);
    });
  });
});
