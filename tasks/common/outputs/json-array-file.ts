import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Waiting, putInPlace, unwritable, whileLocked } from './result-writing.ts';

/** A JSON array in a file, written as its items come, so that memory does not grow with it. */
export class JsonArrayFile {
  readonly path: string;
  /** Where it is written: its own path, or one beside it until it is whole. */
  readonly #part: string;
  readonly #waiting: Waiting;
  readonly #descriptor: number;
  #isEmpty = true;
  #isBroken = false;

  private constructor(waiting: Waiting, path: string, part: string) {
    this.path = path;
    this.#part = part;
    this.#waiting = waiting;
    this.#descriptor = openSync(part, 'w');
  }

  /**
   * @param isWhole the file is there whole, or not at all.
   * @throws InputError where the file cannot be written.
   */
  static async open(waiting: Waiting, path: string, isWhole = false): Promise<JsonArrayFile> {
    const part = isWhole ? `${path}.part` : path;
    const file = await trying(path, () =>
      whileLocked(waiting, () => {
        mkdirSync(dirname(path), { recursive: true });
        // What is there may be a link.
        if (isWhole) rmSync(part, { force: true });
        return new JsonArrayFile(waiting, path, part);
      }),
    );
    try {
      file.#put('[');
    } catch (error) {
      file.discard();
      throw error;
    }
    return file;
  }

  /** @throws InputError where the file can no longer be written: once, after which nothing more is written. */
  write(items: readonly unknown[]): void {
    if (items.length === 0) return;
    const lines = items.map((item) => JSON.stringify(item)).join(',\n');
    this.#put(`${this.#isEmpty ? '\n' : ',\n'}${lines}`);
    this.#isEmpty = false;
  }

  /** @throws InputError where the file cannot be ended, or put in its place. */
  async close(): Promise<void> {
    await trying(this.path, async () => {
      try {
        this.#put('\n]\n');
      } finally {
        closeSync(this.#descriptor);
      }
      if (this.#part !== this.path && !this.#isBroken) await putInPlace(this.#waiting, this.#part, this.path);
    });
  }

  /** In place of `close`, where the file will not be whole. */
  discard(): void {
    closeSync(this.#descriptor);
    if (this.#part !== this.path) rmSync(this.#part, { force: true });
  }

  #put(text: string): void {
    if (this.#isBroken) return;
    try {
      writeFileSync(this.#descriptor, text);
    } catch (error) {
      this.#isBroken = true;
      throw unwritable(this.path, error);
    }
  }
}

/** @throws InputError where the file cannot be written. */
export async function writeJsonFile(waiting: Waiting, path: string, value: unknown): Promise<void> {
  await trying(path, () =>
    whileLocked(waiting, () => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`);
    }),
  );
}

async function trying<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw unwritable(path, error);
  }
}
