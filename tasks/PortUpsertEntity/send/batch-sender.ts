import type { Clock } from '../../common/clock.ts';
import { NetworkError, PortApiError, TaskError, isOutage, messageOf } from '../../common/errors.ts';
import type { BlueprintLookup } from '../../common/port/blueprints.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import type { RunTie } from '../../common/port/entities/run-tie.ts';
import {
  type BulkResult,
  type Refusal,
  mostEntitiesPerCall,
  writeEntities,
} from '../../common/port/entities/write-entities.ts';
import type { WriteOptions } from '../../common/port/entities/write-entity.ts';
import type { ResultRecord } from '../results/result-file.ts';
import type { Batch, BatchItem } from './batches.ts';

export interface SenderOptions {
  readonly port: PortClient;
  readonly clock: Pick<Clock, 'now'>;
  readonly write: Omit<WriteOptions, 'blueprint' | 'runId'>;
  readonly tie: RunTie;
  readonly lookUp: BlueprintLookup;
  readonly record: (records: readonly ResultRecord[]) => void;
  /** Whether no further call is wanted; those in flight end. */
  readonly isStopped: () => boolean;
}

/** One bad entity makes Port refuse a whole call with these; halving finds it. 413: half may be small enough. */
const divisibleStatuses: ReadonlySet<number> = new Set([400, 403, 404, 409, 413, 422]);

/**
 * A server or gateway that finds a body too large may end the connection while the body is still on its way; what then arrives is
 * a reset instead of 413, on Windows above all. Of bodies that are larger, in bytes, half as large ones are tried after so many.
 */
const largeBody = 64 * 1024;
const resetsOfLargeBody = 2;

/** Sends batches and records what became of each entity. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #refusedBlueprints = new Map<string, Refusal>();
  /** How many entities Port would not let be written, each in a call of its own; NaN once one of the blueprint was written. */
  readonly #denied = new Map<string, number>();

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** @throws whatever makes it pointless to send more: no answer, no time, bad credentials, cancelled. */
  async send(batch: Batch): Promise<void> {
    const { record, isStopped } = this.#options;
    const { blueprint, items } = batch;
    const known = this.#refusedBlueprints.get(blueprint);
    if (known !== undefined) {
      record(items.map((item) => recordOf(item, { refusal: known })));
      return;
    }
    if (isStopped()) {
      this.#leave(batch);
      return;
    }
    const begun = batch.lost?.since ?? this.#options.clock.now();
    let results: readonly BulkResult[];
    try {
      results = await this.#call(batch);
    } catch (error) {
      const isOfBlueprint = await this.#isOfBlueprint(error, batch);
      if (!isOfBlueprint && isDivisible(error, items)) return this.#sendHalves(batch);
      if (isTooLarge(error, items)) return this.#sendHalves({ ...batch, lost: { since: begun, error } });
      const refusal = refusalOf(error);
      record(items.map((item) => recordOf(item, { refusal })));
      if (!isAboutEntities(error)) throw error;
      if (isOfBlueprint) this.#refusedBlueprints.set(blueprint, refusal);
      return;
    }
    if (results.some(({ created }) => created !== undefined)) this.#denied.set(blueprint, NaN);
    record(items.map((item, index) => recordOf(item, results[index] ?? missing)));
  }

  #call({ blueprint, items, lost }: Batch): Promise<readonly BulkResult[]> {
    const { port, clock, write, tie } = this.#options;
    const entities = items.map(({ entity }) => entity);
    const mostResets = isLarge(items) ? resetsOfLargeBody : undefined;
    return tie.write((runId) =>
      writeEntities(port, clock, entities, {
        ...{ ...write, blueprint, runId, mostResets },
        lostSince: lost?.since,
      }),
    );
  }

  /** Entities that no further call is made for: what was sent, and got no answer, may have been written. */
  #leave({ items, lost }: Batch): void {
    if (lost === undefined) return;
    const refusal = refusalOf(lost.error);
    this.#options.record(items.map((item) => recordOf(item, { refusal })));
  }

  /**
   * Whether a refusal is true for all entities of the blueprint. 404 is also the answer where an entity relates to one that is
   * missing, and permissions may depend on the entity: only where many were refused alone, and none written, are they no use.
   */
  async #isOfBlueprint(error: unknown, { blueprint, items }: Batch): Promise<boolean> {
    if (!(error instanceof PortApiError)) return false;
    if (error.status === 404) return isMissing(blueprint, this.#options.lookUp);
    if (error.portCode !== 'missing_permissions' || items.length > 1) return false;
    const denied = (this.#denied.get(blueprint) ?? 0) + 1;
    this.#denied.set(blueprint, denied);
    return denied >= mostEntitiesPerCall;
  }

  async #sendHalves({ items, ...batch }: Batch): Promise<void> {
    const middle = Math.ceil(items.length / 2);
    const rest = { ...batch, items: items.slice(middle) };
    try {
      await this.send({ ...batch, items: items.slice(0, middle) });
    } catch (error) {
      this.#leave(rest);
      throw error;
    }
    await this.send(rest);
  }
}

async function isMissing(blueprint: string, lookUp: BlueprintLookup): Promise<boolean> {
  try {
    await lookUp(blueprint);
  } catch (error) {
    return error instanceof PortApiError && error.status === 404;
  }
  return false;
}

const missing: BulkResult = {
  refusal: { status: 0, code: 'no_result', message: 'Port says nothing about it' },
};

function isDivisible(error: unknown, items: readonly BatchItem[]): boolean {
  return items.length > 1 && error instanceof PortApiError && divisibleStatuses.has(error.status);
}

function isLarge(items: readonly BatchItem[]): boolean {
  return items.length > 1 && items.reduce((sum, { size }) => sum + size, 0) > largeBody;
}

/** Whether the body may be the reason of what ended the call. */
function isTooLarge(error: unknown, items: readonly BatchItem[]): boolean {
  return isLarge(items) && error instanceof NetworkError && error.fault === 'reset';
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
