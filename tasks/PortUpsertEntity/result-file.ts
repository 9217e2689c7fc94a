import { closeSync, mkdirSync, mkdtempSync, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InputError } from '../common/errors.ts';
import type { Host } from '../common/host.ts';
import type { Redact } from '../common/redaction.ts';

/** What became of one entity; one of these is in the result file for each. */
export interface ResultRecord {
  /** From 0, in the order of the input. */
  readonly index: number;
  readonly identifier: string;
  readonly blueprint: string;
  /** Null where nothing was written, or it is not known. */
  readonly created: boolean | null;
  readonly error: { readonly status: number; readonly code: string; readonly message: string } | null;
}

/** Writes a JSON array of records as they come, so that memory does not grow with it. */
export class ResultFile {
  readonly path: string;
  readonly #descriptor: number;
  readonly #redact: Redact;
  #isEmpty = true;

  /** @throws InputError where the file cannot be written. */
  constructor(path: string, redact: Redact) {
    this.path = path;
    this.#redact = redact;
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#descriptor = openSync(path, 'w');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new InputError([`Input resultFile: ${path} cannot be written (${reason}).`]);
    }
    writeSync(this.#descriptor, '[');
  }

  write(records: readonly ResultRecord[]): void {
    if (records.length === 0) return;
    const lines = records.map((record) => JSON.stringify(this.#cleaned(record))).join(',\n');
    writeSync(this.#descriptor, `${this.#isEmpty ? '\n' : ',\n'}${lines}`);
    this.#isEmpty = false;
  }

  close(): void {
    writeSync(this.#descriptor, '\n]\n');
    closeSync(this.#descriptor);
  }

  #cleaned(record: ResultRecord): ResultRecord {
    if (record.error === null) return record;
    return { ...record, error: { ...record.error, message: this.#redact(record.error.message) } };
  }
}

/** Where the results of many entities go if nobody says where. */
export function defaultResultFile(host: Pick<Host, 'variable'>): string {
  const base = host.variable('Agent.TempDirectory') ?? tmpdir();
  mkdirSync(base, { recursive: true });
  return join(mkdtempSync(join(base, 'port-entities-')), 'results.json');
}
