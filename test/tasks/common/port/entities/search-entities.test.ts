import assert from 'node:assert/strict';
import { searchEntities } from '../../../../../tasks/common/port/entities/search-entities.ts';
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
