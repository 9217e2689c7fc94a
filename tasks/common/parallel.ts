/**
 * Does the action for each item, at most `limit` at a time; items are taken only when there is room for them. After an error no
 * further item is taken; what has begun is waited for, and the first error is thrown.
 */
export async function inParallel<Item>(
  items: AsyncIterator<Item> | Iterator<Item>,
  limit: number,
  action: (item: Item) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const work = async () => {
    while (failures.length === 0) {
      try {
        const next = await items.next();
        if (next.done === true) return;
        await action(next.value);
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
