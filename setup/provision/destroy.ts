import type { CommandContext } from '../command-context.ts';
import { leftoverParts } from '../parts/leftovers.ts';
import { requireFoundation } from './foundation.ts';
import { type RemovalFlags, removeParts } from './removal.ts';
import { type LoopFlags, withParts } from './with-parts.ts';

/** Takes away what `setup apply` made, the last first: nobody can start what half of is gone. */
export function destroy(flags: LoopFlags & RemovalFlags, context: CommandContext): Promise<void> {
  return withParts(flags, context, async (parts, products) => {
    await requireFoundation(parts);
    const leftovers = (await leftoverParts(products)).filter(({ id }) => !id.startsWith('port/action/'));
    const removed = await removeParts([...parts, ...leftovers].reverse(), context.output, flags);
    context.output.json({ removed });
  });
}
