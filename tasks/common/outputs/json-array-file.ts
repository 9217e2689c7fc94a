import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError, messageOf } from '../errors.ts';

/** A JSON array in a file, written as its items come, so that memory does not grow with it. */
export class JsonArrayFile {
  readonly path: string;
  readonly #descriptor: number;
  #isEmpty = true;

  /** @throws InputError where the file cannot be written. */
  constructor(path: string) {
    this.path = path;
    this.#descriptor = writing(path, () => openSync(path, 'w'));
    writeSync(this.#descriptor, '[');
  }

  write(items: readonly unknown[]): void {
    if (items.length === 0) return;
    const lines = items.map((item) => JSON.stringify(item)).join(',\n');
    writeSync(this.#descriptor, `${this.#isEmpty ? '\n' : ',\n'}${lines}`);
    this.#isEmpty = false;
  }

  close(): void {
    writeSync(this.#descriptor, '\n]\n');
    closeSync(this.#descriptor);
  }
}

/** @throws InputError where the file cannot be written. */
export function writeJsonFile(path: string, value: unknown): void {
  writing(path, () => writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`));
}

function writing<T>(path: string, write: () => T): T {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return write();
  } catch (error) {
    const reason = messageOf(error);
    throw new InputError([`Input resultFile: ${path} cannot be written (${reason}).`]);
  }
}
