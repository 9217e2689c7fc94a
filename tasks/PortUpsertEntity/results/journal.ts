import type { SharedInputs } from '../../common/inputs/shared-inputs.ts';
import type { TaskContext } from '../../common/main.ts';
import { cleanerOf } from '../../common/port/session.ts';
import { type EntityList, type ItemKey, readItems } from '../read/items.ts';
import { ResultFile, type ResultRecord, defaultResultFile } from './result-file.ts';
import { Tally, nameOf } from './tally.ts';

/** So many refused entities get a line in the log; all are in the result file. */
const mostRefusedLines = 20;

const notSentError = { status: 0, code: 'not_sent', message: 'The step ended before it was sent' };

/** What decides how results are kept. */
export interface ResultInputs extends SharedInputs {
  readonly validateOnly: boolean;
  readonly stopsAtFirstError: boolean;
  /** Absolute. */
  readonly resultFile: string | undefined;
}

/** What has become of the entities so far: counted, logged, and written to the result file. */
export class Journal {
  readonly tally: Tally;
  readonly file: ResultFile;
  readonly #context: TaskContext;
  readonly #inputs: ResultInputs;
  readonly #list: EntityList;
  readonly #progress: Progress;
  readonly #isRecorded: Uint8Array;

  private constructor(
    context: TaskContext,
    inputs: ResultInputs,
    { list, file }: { list: EntityList; file: ResultFile },
  ) {
    const { count } = list.survey;
    this.#context = context;
    this.#inputs = inputs;
    this.#list = list;
    this.tally = new Tally(inputs.hasInput);
    this.#isRecorded = new Uint8Array(count);
    this.#progress = new Progress(context, count);
    this.file = file;
  }

  /** @throws InputError where its file cannot be written. */
  static async open(context: TaskContext, inputs: ResultInputs, list: EntityList): Promise<Journal> {
    const path = inputs.resultFile ?? defaultResultFile(context.host);
    const file = await ResultFile.open(context, path, cleanerOf(context, inputs));
    return new Journal(context, inputs, { list, file });
  }

  get isStopped(): boolean {
    return this.#inputs.stopsAtFirstError && this.tally.refused > 0;
  }

  record(records: readonly ResultRecord[]): void {
    for (const record of records) {
      this.#isRecorded[record.index] = 1;
      this.tally.add(record);
      // The error that ends the step names once what got no answer.
      if (record.error === null || record.error.status === 0 || this.tally.refused > mostRefusedLines)
        continue;
      this.#context.host.info(
        `Refused: ${nameOf(record)}: ${record.error.status} ${record.error.code}: ${record.error.message}`,
      );
      if (this.tally.refused === mostRefusedLines) {
        this.#context.host.info(`Further refused entities are in the result file only: ${this.file.path}`);
      }
    }
    this.file.write(records);
    this.#progress.show(this.tally);
  }

  /** Records those that were not sent, and closes the file. */
  async close(): Promise<void> {
    this.tally.notSent = this.#isRecorded.length - this.tally.written - this.tally.failed;
    if (this.tally.notSent > 0) await this.#recordUnsent();
    await this.file.close();
  }

  async #recordUnsent(): Promise<void> {
    const isUnsent = (index: number) => this.#isRecorded[index] === 0;
    try {
      for await (const items of readItems(this.#list, isUnsent)) this.#recordAsUnsent(items);
    } catch {
      // A file that was changed or removed since no longer says which entities the others are.
    }
    const { blueprint = 'unknown' } = this.#list;
    for (const index of this.#isRecorded.keys()) {
      if (isUnsent(index)) this.#recordAsUnsent([{ index, identifier: 'unknown', blueprint }]);
    }
  }

  #recordAsUnsent(items: readonly ItemKey[]): void {
    this.file.write(
      items.map(({ index, identifier, blueprint }) => {
        this.#isRecorded[index] = 1;
        return { index, identifier, blueprint, created: null, error: notSentError };
      }),
    );
  }

  /** "988 of 1000 entities are written: 900 created, 88 updated". */
  countSentence(): string {
    const { written, created, updated, eitherWay } = this.tally;
    const count = this.#isRecorded.length;
    if (this.#inputs.validateOnly) return `${written} of ${count} entities are valid; nothing was written`;
    const other = eitherWay === 0 ? '' : `, ${eitherWay} one or the other`;
    return `${written} of ${count} entities are written: ${created} created, ${updated} updated${other}`;
  }

  /** Why not all entities were written. */
  failureMessage(): string {
    const { refused, unconfirmed, notSent } = this.tally;
    const unsent = notSent === 0 ? '' : `, ${notSent} were not sent (onEntityError is stop)`;
    const open = unconfirmed === 0 ? '' : `, for ${unconfirmed} there was no result`;
    const reasons = this.tally.reasons().map((reason) => `- ${reason}`);
    return [
      `${this.countSentence()}; ${refused} were refused${open}${unsent}.`,
      ...reasons,
      `All results: ${this.file.path}`,
    ].join('\n');
  }
}

/** Time between two lines, in ms. */
const interval = 5000;

/** Logs every few seconds how far the work is. */
class Progress {
  readonly #context: Pick<TaskContext, 'host' | 'clock'>;
  readonly #count: number;
  #last: number;

  constructor(context: Pick<TaskContext, 'host' | 'clock'>, count: number) {
    this.#context = context;
    this.#count = count;
    this.#last = context.clock.elapsed();
  }

  show({ written, refused }: Pick<Tally, 'written' | 'refused'>): void {
    const { host, clock } = this.#context;
    const now = clock.elapsed();
    if (now - this.#last < interval) return;
    this.#last = now;
    const done = written + refused;
    const text = `${done} of ${this.#count} entities done${refused > 0 ? `, ${refused} of them refused` : ''}`;
    host.info(text);
    host.progress((100 * done) / this.#count, text);
  }
}
