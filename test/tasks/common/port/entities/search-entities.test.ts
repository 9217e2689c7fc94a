import assert from 'node:assert/strict';
import {
  type Search,
  type SearchPage,
  searchEntities,
} from '../../../../../tasks/common/port/entities/search-entities.ts';
import { fakePort } from '../fake-port.ts';

const search = { blueprint: 'service', query: undefined, include: [], limit: 100_000 };

/** Reads all pages of answers that the number of the call decides. */
async function readAll(answerOf: (call: number) => { entities: object[]; next?: string | null }) {
  let calls = 0;
  const { port } = fakePort(() => answerOf(calls++));
  let entities = 0;
  for await (const page of searchEntities(port, search)) entities += page.entities.length;
  return { calls, entities };
}

describe('A search in pages', () => {
  const one = [{ identifier: 'shop' }];
  const found = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({ identifier: `e${from + index}` }));

  /** What is found, what was said of more to come, and the calls. */
  const run = async (answers: readonly unknown[], more: Partial<Search> = {}) => {
    const { port, calls } = fakePort((_call, _name, index) => answers[index]);
    const pages: SearchPage[] = [];
    for await (const page of searchEntities(port, { ...search, ...more })) pages.push(page);
    const identifiers = pages.flatMap(({ entities }) => entities.map(({ identifier }) => identifier));
    return { identifiers, hasMore: pages.map(({ hasMore }) => hasMore), calls };
  };

  it('asks for all that a blueprint has with neither query nor names', async () => {
    const { identifiers, hasMore, calls } = await run([{ entities: one }]);
    assert.deepEqual([identifiers, hasMore], [['shop'], [false]]);
    assert.deepEqual(calls, [
      { name: 'searchEntities', call: { parameters: { blueprint: 'service' }, body: { limit: 250 } } },
    ]);
  });

  it('asks for each page as the one before names it, for what is left to the limit, and each within its time', async () => {
    const query = { combinator: 'and', rules: [] };
    const answers = [
      { entities: found(0, 250), next: 'p1' },
      { entities: found(250, 50), next: 'p2' },
    ];
    const { identifiers, hasMore, calls } = await run(answers, { query, limit: 300, atMost: 900 });
    assert.deepEqual([identifiers.length, hasMore], [300, [true, true]]);
    const parameters = { blueprint: 'service' };
    assert.deepEqual(
      calls.map(({ call }) => call),
      [
        { parameters, atMost: 900, body: { query, limit: 250 } },
        { parameters, atMost: 900, body: { query, limit: 50, from: 'p1' } },
      ],
    );
  });

  it('names what is included as a search of a blueprint does', async () => {
    const include = ['identifier', 'title', 'properties.tag', 'relations.service', 'scorecards.relations.x'];
    const { calls } = await run([{ entities: [] }], { include });
    assert.deepEqual((calls[0]?.call.body as { include: unknown }).include, [
      ...['$identifier', '$title', 'tag', 'service', 'scorecards.relations.x'],
    ]);
  });

  it('gives no more than its limit, and says that there is more, where an answer holds more', async () => {
    const { identifiers, hasMore } = await run([{ entities: found(0, 3) }], { limit: 2 });
    assert.deepEqual([identifiers, hasMore], [['e0', 'e1'], [true]]);
    assert.deepEqual((await run([{ entities: found(0, 2) }], { limit: 2 })).hasMore, [false]);
  });

  it('ends at an answer that names no next page, or an empty one', async () => {
    for (const next of [undefined, null, '', 7])
      assert.deepEqual((await run([{ entities: one, next }])).hasMore, [false]);
  });

  for (const [answer, words] of [
    [{}, 'holds none'],
    [{ entities: {} }, 'holds none'],
    [{ entities: ['shop'] }, 'holds an entity without an identifier'],
    [{ entities: [...one, { identifier: 7 }] }, 'holds an entity without an identifier'],
  ] as const)
    it(`is no answer that ${words}: ${JSON.stringify(answer)}`, async () => {
      for (const blueprint of ['service', undefined])
        await assert.rejects(run([answer], { blueprint }), {
          code: 'PORT_ANSWER',
          message: `Cannot search for entities: the answer ${words}. Is baseUrl the address of Port's API?`,
        });
    });

  it('is one call where it is of the whole catalog, of which the limit takes the first', async () => {
    const query = { combinator: 'and', rules: [] };
    const more = { blueprint: undefined, query, include: ['identifier'] };
    for (const [limit, identifiers, hasMore] of [
      [1, ['e0'], true],
      [2, ['e0', 'e1'], false],
      [3, ['e0', 'e1'], false],
    ] as const) {
      const ran = await run([{ entities: found(0, 2) }], { ...more, limit });
      assert.deepEqual([ran.identifiers, ran.hasMore], [identifiers, [hasMore]]);
      assert.deepEqual(ran.calls, [
        { name: 'searchCatalog', call: { query: { include: ['identifier'] }, body: query } },
      ]);
    }
  });

  for (const [what, nextOf] of [
    ['the same page', () => 'a'],
    ['two pages in turn', (call: number) => (call % 2 === 0 ? 'a' : 'b')],
    ['three pages in turn', (call: number) => ['a', 'b', 'c'][call % 3]],
    ['a page of long ago', (call: number) => (call < 50 ? `p${call}` : 'p7')],
  ] as const) {
    it(`ends with an error where the answers name ${what} for ever`, async () => {
      const endless = readAll((call) => ({ entities: one, next: nextOf(call) ?? '' }));
      await assert.rejects(endless, {
        code: 'PORT_ANSWER',
        message: /names a page as the next one for the second time/,
      });
    });
  }

  it('ends with an error where empty pages follow for ever, and skips a few', async () => {
    await assert.rejects(
      readAll((call) => ({ entities: [], next: `p${call}` })),
      { code: 'PORT_ANSWER', message: /the 10th empty page in a row/ },
    );
    const answers = [one, [], [], one];
    const next = (call: number) => (call < 3 ? `p${call}` : null);
    assert.deepEqual(await readAll((call) => ({ entities: answers[call] ?? [], next: next(call) })), {
      calls: 4,
      entities: 2,
    });
  });

  it('reads no more than its limit of pages that are new for ever', async () => {
    const { entities } = await readAll((call) => ({
      entities: Array.from({ length: 250 }, () => ({ identifier: 'shop' })),
      next: `p${call}`,
    }));
    assert.equal(entities, 100_000);
  });
});
