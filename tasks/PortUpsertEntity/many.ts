import { CanceledError, TaskError } from '../common/errors.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import { blueprintLookup } from '../common/port/blueprints.ts';
import type { PortClient } from '../common/port/client.ts';
import { cleanerOf } from '../common/session.ts';
import { batchesOf, type Batch } from './batches.ts';
import type { Many, UpsertInputs } from './inputs.ts';
import { orderEntities } from './order.ts';
import { announce } from './outputs.ts';
import { inParallel } from '../common/parallel.ts';
import { Progress } from './progress.ts';
import { defaultResultFile, ResultFile, type ResultRecord } from './result-file.ts';
import { RunTie } from '../common/run-tie.ts';
import { Sender } from './send.ts';
import { nameOf, Tally } from './tally.ts';

/**
 * Calls at a time. Measured at 50 ms an answer: 1,000 entities take 2.8 s with 1, 0.86 s with 4, 0.6 s with 8; more than 4
 * gain little, and bring an organization closer to its rate limit.
 */
export const callsInFlight = 4;

/** So many refused entities get a line in the log; all are in the result file. */
const mostRefusedLines = 20;

/** Writes the entities of an input, and fails at the end if one was refused. */
export async function writeMany(
  context: TaskContext,
  port: PortClient,
  inputs: UpsertInputs,
  many: Many,
): Promise<Outcome> {
  const { host } = context;
  const journal = new Journal(context, inputs, many);
  const tie = new RunTie(host, inputs.runId);
  let failure: unknown;
  try {
    await sendAll(context, port, inputs, { many, journal, tie });
  } catch (error) {
    failure = error;
  }
  await journal.close();
  const { tally, file } = journal;
  announce(context, port.connection.appUrl, inputs, { tally, resultFile: file.path, runId: tie.runId });
  if (failure !== undefined) throw explained(failure, journal);
  if (tally.failed > 0) throw new TaskError('PORT_ENTITIES', journal.complaint());
  return { result: 'Succeeded', message: `${journal.told()}.` };
}

interface Work {
  readonly many: Many;
  readonly journal: Journal;
  readonly tie: RunTie;
}

async function sendAll(
  { host, clock }: TaskContext,
  port: PortClient,
  inputs: UpsertInputs,
  { many, journal, tie }: Work,
): Promise<void> {
  const lookUp = blueprintLookup(port);
  const order = await orderEntities(many.survey, lookUp);
  if (order.inCircles > 0 && !inputs.createMissingRelatedEntities) {
    host.info(
      `${order.inCircles} entities relate to one another in a circle, so no order suits all of them. If Port refuses them, set createMissingRelatedEntities.`,
    );
  }
  const sender = new Sender({
    port,
    clock,
    tie,
    write: inputs,
    record: (records) => journal.record(records),
  });
  for (let round = 0; round < order.rounds && !journal.isStopped; round++) {
    const batches = batchesOf(many.source, {
      isWanted: (index) => order.roundOf(index) === round,
      blueprint: many.blueprint,
      lookUp,
    });
    await inParallel(untilStopped(batches, journal), callsInFlight, (batch) => sender.send(batch));
  }
}

async function* untilStopped(batches: AsyncIterable<Batch>, journal: Journal): AsyncGenerator<Batch> {
  for await (const batch of batches) {
    if (journal.isStopped) return;
    yield batch;
  }
}

/** What has become of the entities so far: counted, written to the result file, and told in the log. */
class Journal {
  readonly tally = new Tally();
  readonly file: ResultFile;
  readonly #context: TaskContext;
  readonly #inputs: UpsertInputs;
  readonly #many: Many;
  readonly #progress: Progress;
  readonly #isRecorded: Uint8Array;

  constructor(context: TaskContext, inputs: UpsertInputs, many: Many) {
    const { count } = many.survey;
    this.#context = context;
    this.#inputs = inputs;
    this.#many = many;
    this.#isRecorded = new Uint8Array(count);
    this.#progress = new Progress(context, count);
    this.file = new ResultFile(
      inputs.resultFile ?? defaultResultFile(context.host),
      cleanerOf(context, inputs),
    );
  }

  get isStopped(): boolean {
    return this.#inputs.stopsAtFirstError && this.tally.refused > 0;
  }

  record(records: readonly ResultRecord[]): void {
    for (const record of records) {
      this.#isRecorded[record.index] = 1;
      this.tally.add(record);
      // What got no answer is told once, by the error that ends the step.
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
    if (this.tally.notSent > 0) await this.#recordUnsent().catch(() => undefined);
    this.file.close();
  }

  async #recordUnsent(): Promise<void> {
    const error = { status: 0, code: 'not_sent', message: 'The step ended before it was sent' };
    const batches = batchesOf(this.#many.source, {
      isWanted: (index) => this.#isRecorded[index] === 0,
      blueprint: this.#many.blueprint,
      lookUp: () => Promise.reject(new CanceledError()),
    });
    for await (const { items } of batches) {
      this.file.write(
        items.map(({ index, identifier, blueprint }) => ({
          index,
          identifier,
          blueprint,
          created: null,
          error,
        })),
      );
    }
  }

  /** "988 of 1000 entities are written: 900 created, 88 updated". */
  told(): string {
    const { written, created, updated } = this.tally;
    const count = this.#isRecorded.length;
    if (this.#inputs.validateOnly) return `${written} of ${count} entities are valid; nothing was written`;
    return `${written} of ${count} entities are written: ${created} created, ${updated} updated`;
  }

  complaint(): string {
    const { refused, unconfirmed, notSent } = this.tally;
    const unsent = notSent === 0 ? '' : `, ${notSent} were not sent (onEntityError is stop)`;
    const open = unconfirmed === 0 ? '' : `, for ${unconfirmed} there was no result`;
    const reasons = this.tally.reasons().map((reason) => `- ${reason}`);
    return [
      `${this.told()}; ${refused} were refused${open}${unsent}.`,
      ...reasons,
      `All results: ${this.file.path}`,
    ].join('\n');
  }
}

/** The error that ended it, with what had been done until then. */
function explained(failure: unknown, journal: Journal): unknown {
  if (failure instanceof CanceledError || !(failure instanceof TaskError)) return failure;
  return new TaskError(
    failure.code,
    `${failure.message} Until then ${journal.told()}. All results: ${journal.file.path}`,
    {
      cause: failure,
    },
  );
}
