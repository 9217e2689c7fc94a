import { createInterface } from 'node:readline/promises';
import { colors as pc } from '../colors.ts';
import { SetupError, UsageError, exitCodeOf, messageOf } from '../errors.ts';
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

/** @throws UsageError where there is nobody to ask */
async function confirm(output: Output, count: number): Promise<boolean> {
  if (!process.stdin.isTTY || output.isJson)
    throw new UsageError('Nothing was removed: there is no terminal to ask on. Give --yes to remove it.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(`Remove ${count}? Type yes to go on: `)).trim() === 'yes';
  } finally {
    terminal.close();
  }
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
  if (!yes && !(await confirm(output, going.length + members.length)))
    throw new SetupError('Nothing was removed.');
  return [...staying, ...(await removeAll(going, output, withData))];
}
