import type { Clock } from '../../common/clock.ts';
import { PortApiError, TaskError, isOutage, messageOf } from '../../common/errors.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import type { RunTie } from '../../common/port/entities/run-tie.ts';
import { type BulkResult, type Refusal, writeEntities } from '../../common/port/entities/write-entities.ts';
import type { WriteOptions } from '../../common/port/entities/write-entity.ts';
import type { ResultRecord } from '../results/result-file.ts';
import type { Batch, BatchItem } from './batches.ts';

export interface SenderOptions {
  readonly port: PortClient;
  readonly clock: Pick<Clock, 'now'>;
  readonly write: Omit<WriteOptions, 'blueprint' | 'runId'>;
  readonly tie: RunTie;
  readonly record: (records: readonly ResultRecord[]) => void;
}

/** One bad entity makes Port refuse a whole call with these; halving finds it. 413: half may be small enough. */
const divisibleStatuses: ReadonlySet<number> = new Set([400, 413, 422]);

/** The blueprint is not there, or not ours to write: true for all of its entities. */
const blueprintStatuses: ReadonlySet<number> = new Set([403, 404]);

/** Sends batches and records what became of each entity. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #refusedBlueprints = new Map<string, Refusal>();

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** @throws whatever makes it pointless to send more: no answer, no time, bad credentials, cancelled. */
  async send(batch: Batch): Promise<void> {
    const { record } = this.#options;
    const { blueprint, items } = batch;
    const known = this.#refusedBlueprints.get(blueprint);
    if (known !== undefined) {
      record(items.map((item) => recordOf(item, { refusal: known })));
      return;
    }
    let results: readonly BulkResult[];
    try {
      results = await this.#call(batch);
    } catch (error) {
      if (isDivisible(error, items)) return this.#sendHalves(batch);
      const refusal = refusalOf(error);
      record(items.map((item) => recordOf(item, { refusal })));
      if (!isAboutEntities(error)) throw error;
      if (blueprintStatuses.has(error.status)) this.#refusedBlueprints.set(blueprint, refusal);
      return;
    }
    record(items.map((item, index) => recordOf(item, results[index] ?? missing)));
  }

  #call({ blueprint, items }: Batch): Promise<readonly BulkResult[]> {
    const { port, clock, write, tie } = this.#options;
    const entities = items.map(({ entity }) => entity);
    return tie.write((runId) => writeEntities(port, clock, entities, { ...write, blueprint, runId }));
  }

  async #sendHalves({ blueprint, items }: Batch): Promise<void> {
    const middle = Math.ceil(items.length / 2);
    await this.send({ blueprint, items: items.slice(0, middle) });
    await this.send({ blueprint, items: items.slice(middle) });
  }
}

const missing: BulkResult = {
  refusal: { status: 0, code: 'no_result', message: 'Port says nothing about it' },
};

function isDivisible(error: unknown, items: readonly BatchItem[]): boolean {
  return items.length > 1 && error instanceof PortApiError && divisibleStatuses.has(error.status);
}

/** Whether the next call may well succeed: this one was refused for what it held, on which Port may stumble with 500 too. */
function isAboutEntities(error: unknown): error is PortApiError {
  if (!(error instanceof PortApiError) || error.code === 'PORT_CREDENTIALS') return false;
  return error.status === 500 || !isOutage(error);
}

/** An error as it stands in a result file. */
export function refusalOf(error: unknown): Refusal {
  const status = error instanceof PortApiError ? error.status : 0;
  const code = error instanceof PortApiError ? error.portCode : '';
  const fallback = error instanceof TaskError ? error.code : 'unknown';
  return { status, code: code || fallback, message: messageOf(error) };
}

function recordOf(
  { index, identifier, blueprint }: BatchItem,
  { created, refusal }: BulkResult,
): ResultRecord {
  return { index, identifier, blueprint, created: created ?? null, error: refusal ?? null };
}
