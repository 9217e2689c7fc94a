import assert from 'node:assert/strict';
import { allOf, inParallel, mapInParallel } from '../../../tasks/common/parallel.ts';

/** A promise that is settled by hand. */
function byHand() {
  let settle: (error?: Error) => void = () => undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = (error) => (error === undefined ? resolve() : reject(error));
  });
  return { promise, settle };
}

const turn = () => new Promise(setImmediate);

describe('What is done in parallel', () => {
  it('gives its results in the order of the list, whichever comes first', async () => {
    const gates = [byHand(), byHand(), byHand()];
    const mapped = mapInParallel([0, 1, 2], 3, async (item) => {
      await gates[item]?.promise;
      return `result ${item}`;
    });
    for (const { settle } of gates.toReversed()) settle();
    assert.deepEqual(await mapped, ['result 0', 'result 1', 'result 2']);
  });

  it('is never more than so many at a time', async () => {
    let [open, most] = [0, 0];
    await mapInParallel([1, 2, 3, 4, 5], 2, async () => {
      most = Math.max(most, ++open);
      await turn();
      open--;
    });
    assert.equal(most, 2);
  });

  it('begins nothing more after an error, waits for what has begun, and throws the error of the first item', async () => {
    const gates = [byHand(), byHand()];
    const begun: number[] = [];
    let isOver = false;
    const mapped = mapInParallel([0, 1, 2, 3], 2, async (item) => {
      begun.push(item);
      await gates[item]?.promise;
    }).finally(() => (isOver = true));
    mapped.catch(() => undefined);
    gates[1]?.settle(new Error('of 1'));
    await turn();
    assert.deepEqual([begun, isOver], [[0, 1], false]);
    gates[0]?.settle(new Error('of 0'));
    await assert.rejects(mapped, { message: 'of 0' });
    assert.deepEqual(begun, [0, 1]);
  });

  it('takes the item of the next action while one waits, and no further one', async () => {
    const gate = byHand();
    const taken: number[] = [];
    const begun: number[] = [];
    const items = function* () {
      for (let item = 0; item < 4; item++) {
        taken.push(item);
        yield item;
      }
    };
    const done = inParallel(items(), 1, async (item) => {
      begun.push(item);
      await gate.promise;
    });
    for (let turns = 0; turns < 5; turns++) await turn();
    assert.deepEqual([taken, begun], [[0, 1], [0]]);
    gate.settle();
    await done;
    assert.deepEqual(
      [taken, begun],
      [
        [0, 1, 2, 3],
        [0, 1, 2, 3],
      ],
    );
  });

  it('does what was begun before an item could not be taken, and then throws why', async () => {
    const gate = byHand();
    const ended: number[] = [];
    const items = function* () {
      yield 0;
      throw new Error('of the file');
    };
    const done = inParallel(items(), 1, async (item) => {
      await gate.promise;
      ended.push(item);
    });
    for (let turns = 0; turns < 5; turns++) await turn();
    gate.settle();
    await assert.rejects(done, { message: 'of the file' });
    assert.deepEqual(ended, [0]);
  });

  it('throws the error that came first where the items are no list', async () => {
    const gates = [byHand(), byHand()];
    const done = inParallel([0, 1].values(), 2, async (item) => gates[item]?.promise);
    done.catch(() => undefined);
    gates[1]?.settle(new Error('of 1'));
    await turn();
    gates[0]?.settle(new Error('of 0'));
    await assert.rejects(done, { message: 'of 1' });
  });
});

describe('All of several promises', () => {
  it('give their values', async () => {
    assert.deepEqual(await allOf([Promise.resolve(1), Promise.resolve('a')]), [1, 'a']);
  });

  it('are waited for whatever becomes of one, and the error of the first in the list is thrown', async () => {
    const [first, second] = [byHand(), byHand()];
    let isOver = false;
    const all = allOf([first.promise, second.promise]).finally(() => (isOver = true));
    all.catch(() => undefined);
    second.settle(new Error('of the second'));
    await turn();
    assert.equal(isOver, false);
    first.settle(new Error('of the first'));
    await assert.rejects(all, { message: 'of the first' });
  });
});
