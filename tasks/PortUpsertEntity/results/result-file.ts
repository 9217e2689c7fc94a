import type { Host } from '../../common/agent/host.ts';
import { JsonArrayFile } from '../../common/outputs/json-array-file.ts';
import type { Waiting } from '../../common/outputs/result-writing.ts';
import { temporaryFile } from '../../common/outputs/temporary-file.ts';
import type { Redact } from '../../common/text/redaction.ts';

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
  readonly #file: JsonArrayFile;
  readonly #redact: Redact;

  private constructor(file: JsonArrayFile, redact: Redact) {
    this.#file = file;
    this.#redact = redact;
  }

  /** @throws InputError where the file cannot be written. */
  static async open(waiting: Waiting, path: string, redact: Redact): Promise<ResultFile> {
    return new ResultFile(await JsonArrayFile.open(waiting, path), redact);
  }

  get path(): string {
    return this.#file.path;
  }

  write(records: readonly ResultRecord[]): void {
    this.#file.write(records.map((record) => this.#cleaned(record)));
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #cleaned(record: ResultRecord): ResultRecord {
    if (record.error === null) return record;
    return { ...record, error: { ...record.error, message: this.#redact(record.error.message) } };
  }
}

/** Where the results of many entities go if nobody says where. */
export function defaultResultFile(host: Pick<Host, 'variable'>): string {
  return temporaryFile(host, 'port-entities-', 'results.json');
}
