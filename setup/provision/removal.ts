import { colors as pc } from '../colors.ts';
import { confirm } from '../confirm.ts';
import { exitCodeOf, messageOf } from '../errors.ts';
import { type Output, shown } from '../output.ts';
import type { Part } from '../parts/part.ts';

export interface RemovalFlags {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** Takes the entities of blueprints away, too. */
  readonly withData?: boolean;
}

interface Planned {
  readonly part: Part;
  /** Why it stays. */
  readonly obstacle: string | undefined;
}

/** Of these parts those that are there, in the order in which they go. */
async function planRemoval(parts: readonly Part[], withData: boolean): Promise<Planned[]> {
  const planned: Planned[] = [];
  for (const part of parts) {
    if (part.removal === undefined || (await part.look()).state === 'missing') continue;
    planned.push({ part, obstacle: await part.removal.obstacle?.(withData) });
  }
  return planned;
}

/** Goes on after a failure: what is independent of it goes, too. */
async function removeAll(parts: readonly Part[], output: Output, withData: boolean): Promise<Removed[]> {
  const removed: Removed[] = [];
  for (const part of parts) {
    try {
      await part.removal?.run(withData);
      removed.push({ id: part.id, done: 'removed' });
      output.line(`${pc.green('removed')}  ${shown(part.title)}`);
    } catch (error) {
      process.exitCode = exitCodeOf(error);
      removed.push({ id: part.id, done: 'failed', why: messageOf(error) });
      output.line(`${pc.red('failed ')}  ${shown(part.title)}\n         ${shown(messageOf(error))}`);
    }
  }
  return removed;
}

export interface Removed {
  readonly id: string;
  readonly done: 'removed' | 'failed' | 'stays' | 'would be removed';
  readonly why?: string;
}

/**
 * Shows what of these parts is there, asks, and removes it in this order.
 * @param members what the question is about, too, and is removed afterwards by another
 * @returns what became of each
 * @throws SetupError where the answer is no
 */
export async function removeParts(
  parts: readonly Part[],
  output: Output,
  { yes = false, dryRun = false, withData = false, members = [] }: RemovalFlags & { members?: string[] },
): Promise<Removed[]> {
  const planned = await planRemoval(parts, withData);
  for (const member of members) output.line(`${pc.red('- remove ')}  ${shown(member)}`);
  for (const { part, obstacle } of planned) {
    output.line(
      `${obstacle === undefined ? pc.red('- remove ') : pc.dim('  stays  ')}  ${shown(part.title)}`,
    );
    if (obstacle !== undefined) output.line(`             ${shown(obstacle)}`);
  }
  const going = planned.filter(({ obstacle }) => obstacle === undefined).map(({ part }) => part);
  const staying = planned.flatMap(({ part: { id }, obstacle: why }): Removed[] =>
    why === undefined ? [] : [{ id, done: 'stays', why }],
  );
  if (going.length + members.length === 0) {
    output.line('Nothing to remove.');
    return staying;
  }
  if (dryRun) {
    output.line(`${going.length} to remove.`);
    return [...staying, ...going.map(({ id }): Removed => ({ id, done: 'would be removed' }))];
  }
  if (!yes) await confirm(output, `Remove ${going.length + members.length}?`, 'Nothing was removed');
  return [...staying, ...(await removeAll(going, output, withData))];
}
