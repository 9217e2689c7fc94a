import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Does the action for each item, at most `limit` at a time. While an action waits for its answer, the item for the next is taken:
 * `limit` more at the most. After an error no further action begins; what has begun is waited for, and the first error is thrown.
 */
export async function inParallel<Item>(
  items: AsyncIterator<Item> | Iterator<Item>,
  limit: number,
  action: (item: Item) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const take = async () => items.next();
  const work = async () => {
    let taking = take();
    while (failures.length === 0) {
      try {
        const next = await taking;
        if (next.done === true) return;
        const acting = action(next.value);
        // What the action sends goes first.
        taking = nextTurn().then(take);
        taking.catch(() => undefined);
        await acting;
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, work));
  await items.return?.();
  if (failures.length > 0) throw failures[0];
}

/**
 * The same for a list, with what the action makes of each item, in the order of the list. Of several errors, that of the first item is
 * thrown, as if one had been done after the other.
 */
export async function mapInParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  action: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Promise<Result>[] = [];
  await inParallel(items.entries(), limit, async ([index, item]) => {
    const result = action(item);
    results[index] = result;
    await result;
  }).catch(() => undefined);
  return allOf(results);
}

/** Waits for all of them, whatever becomes of one; of several errors, that of the first in the list is thrown. */
export async function allOf<Promises extends readonly Promise<unknown>[] | []>(
  promises: Promises,
): Promise<{ -readonly [Index in keyof Promises]: Awaited<Promises[Index]> }> {
  await Promise.allSettled(promises);
  // They are settled by now, and Promise.all looks at them in order.
  return Promise.all(promises);
}
