import { renameSync, rmSync } from 'node:fs';
import { InputError, TaskError, messageOf } from '../errors.ts';
import type { TaskContext } from '../main.ts';

/** What a wait needs. */
export type Waiting = Pick<TaskContext, 'clock' | 'signal'>;

/** On Windows a file that a virus scanner or another program has open cannot be replaced, and nobody says for how long. */
const lockCodes: ReadonlySet<string> = new Set(['EPERM', 'EBUSY', 'EACCES']);

/** Before each further try, in ms: a scanner is done within a second. */
const waits = [50, 100, 200, 400, 800];

const locked =
  "another program has it open, or the agent's account may not write there. Close it, set the rights, or name another file";
const full = 'there is no room left on its disk. Make room, or name a file on another one';

const adviceByCode: Readonly<Record<string, string>> = {
  EPERM: locked,
  EBUSY: locked,
  EACCES: locked,
  EISDIR: 'it is a folder. Name a file in it',
  ENOTDIR: 'a part of its path is a file. Name another folder',
  EEXIST: 'a part of its path is a file. Name another folder',
  EROFS: 'its disk is read-only. Name a file on another one',
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: full,
  ENAMETOOLONG: 'its path is too long. Name a shorter one',
};

/** What to say where the file of input resultFile cannot be written. */
export function unwritable(path: string, error: unknown): TaskError {
  // A cancel, while it waited.
  if (error instanceof TaskError) return error;
  const code = codeOf(error);
  const advice = adviceByCode[code] ?? 'name another file';
  return new InputError([
    `Input resultFile: ${path} cannot be written (${code || messageOf(error)}): ${advice}.`,
  ]);
}

/** Does what may meet a file that is open elsewhere, and tries again for a moment where it does. */
export async function whileLocked<T>({ clock, signal }: Waiting, action: () => T): Promise<T> {
  for (const wait of waits) {
    try {
      return action();
    } catch (error) {
      if (!lockCodes.has(codeOf(error))) throw error;
    }
    await clock.sleep(wait, signal);
  }
  return action();
}

/** Gives a file that was written beside its place the name of what it replaces; where that fails, it is removed. */
export async function putInPlace(waiting: Waiting, part: string, path: string): Promise<void> {
  try {
    await whileLocked(waiting, () => renameSync(part, path));
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
