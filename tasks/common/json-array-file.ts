import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InputError } from './errors.ts';
import type { Host } from './host.ts';

/** A JSON array that is written as its items come, so that memory does not grow with it. It is there whole, or not at all. */
export class JsonArrayFile {
  readonly path: string;
  readonly #part: string;
  readonly #descriptor: number;
  #isEmpty = true;

  /** @throws InputError where the file cannot be written. */
  constructor(path: string) {
    this.path = path;
    this.#part = `${path}.part`;
    this.#descriptor = writing(path, () => openSync(this.#part, 'w'));
    writeSync(this.#descriptor, '[');
  }

  write(items: readonly unknown[]): void {
    for (const item of items) {
      writeSync(this.#descriptor, `${this.#isEmpty ? '\n' : ',\n'}${JSON.stringify(item)}`);
      this.#isEmpty = false;
    }
  }

  finish(): void {
    writeSync(this.#descriptor, '\n]\n');
    closeSync(this.#descriptor);
    renameSync(this.#part, this.path);
  }

  discard(): void {
    closeSync(this.#descriptor);
    rmSync(this.#part, { force: true });
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
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError([`Input resultFile: ${path} cannot be written (${reason}).`]);
  }
}

/** A new file in the agent's temporary directory, which is emptied after the job. */
export function temporaryFile(host: Pick<Host, 'variable'>, prefix: string, name: string): string {
  const base = host.variable('Agent.TempDirectory') ?? tmpdir();
  mkdirSync(base, { recursive: true });
  return join(mkdtempSync(join(base, prefix)), name);
}
