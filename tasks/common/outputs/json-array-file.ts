import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { InputError, messageOf } from '../errors.ts';

/** A JSON array in a file, written as its items come, so that memory does not grow with it. */
export class JsonArrayFile {
  readonly path: string;
  readonly #descriptor: number;
  #isEmpty = true;

  /** @throws InputError where the file cannot be written; so do the others. */
  constructor(path: string) {
    this.path = path;
    this.#descriptor = writing(path, () => openSync(inFolder(path), 'w'));
    this.#write('[');
  }

  write(items: readonly unknown[]): void {
    if (items.length === 0) return;
    const lines = items.map((item) => JSON.stringify(item)).join(',\n');
    this.#write(`${this.#isEmpty ? '\n' : ',\n'}${lines}`);
    this.#isEmpty = false;
  }

  close(): void {
    try {
      this.#write('\n]\n');
    } finally {
      closeSync(this.#descriptor);
    }
  }

  #write(text: string): void {
    writing(this.path, () => writeSync(this.#descriptor, text));
  }
}

/** As long as a virus scanner may hold a file that was just written, in ms. */
const waits = [50, 200, 750];

/**
 * Writes a JSON array that is there whole, or not at all: beside the file, which it then takes the place of. Nothing stays
 * beside it where that fails.
 * @throws InputError where the file cannot be written
 */
export async function writeWholeArray(
  path: string,
  write: (file: JsonArrayFile) => Promise<void>,
): Promise<void> {
  const part = `${path}.part`;
  try {
    // What is there may be a link.
    writing(path, () => rmSync(part, { force: true }));
    const file = new JsonArrayFile(part);
    try {
      await write(file);
    } finally {
      file.close();
    }
    await moveTo(path, part);
  } finally {
    remove(part);
  }
}

function remove(part: string): void {
  try {
    rmSync(part, { force: true });
  } catch {
    // Somebody holds it, or it is not ours: what there is to say has been said.
  }
}

/** On Windows nobody takes the place of a file that another program has open. */
async function moveTo(path: string, part: string): Promise<void> {
  for (const wait of waits) {
    try {
      renameSync(part, path);
      return;
    } catch (error) {
      if (!isHeld(error)) break;
      await delay(wait);
    }
  }
  writing(path, () => renameSync(part, path));
}

const isHeld = (error: unknown) =>
  ['EPERM', 'EACCES', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '');

/** @throws InputError where the file cannot be written. */
export function writeJsonFile(path: string, value: unknown): void {
  writing(path, () => writeFileSync(inFolder(path), `${JSON.stringify(value, undefined, 2)}\n`));
}

function inFolder(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

const advice: Readonly<Record<string, string>> = {
  EISDIR: 'It is a folder: name a file in it.',
  ENOSPC: 'Make room on the disk.',
  EROFS: 'Name a file that may be written.',
};
const heldAdvice = 'Another program may have it open, or it may not be written: name another file.';

function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const more = advice[(error as NodeJS.ErrnoException).code ?? ''] ?? (isHeld(error) ? heldAdvice : '');
    throw new InputError([
      `Input resultFile: ${path} cannot be written (${messageOf(error)}). ${more}`.trimEnd(),
    ]);
  }
}
