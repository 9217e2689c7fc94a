/**
 * Does the action for each item, at most `limit` at a time; items are taken only when there is room for them. After an error no
 * further item is taken; what has begun is waited for, and the first error is thrown.
 */
export async function inParallel<Item>(
  items: AsyncIterator<Item>,
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
