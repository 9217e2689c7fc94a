import type { BlueprintLookup } from '../../common/port/blueprints.ts';
import { largestRequest, mostEntitiesPerCall } from '../../common/port/entities/write-entities.ts';
import type { Entity } from '../../common/port/entities/write-entity.ts';
import { byteLength } from '../../common/text/plain-text.ts';
import { type EntityList, type ItemKey, readItems } from '../read/items.ts';
import type { ChangedNumbers } from './changed-numbers.ts';
import { entityOf } from './typed-entity.ts';

export interface BatchItem extends ItemKey {
  readonly entity: Entity;
  /** What it takes in a request at the most, in bytes. */
  readonly size: number;
}

export interface Batch {
  readonly blueprint: string;
  readonly items: readonly BatchItem[];
  /** For a part of a call that got no answer. */
  readonly lost?: LostCall;
}

export interface LostCall {
  /** When its first try began, in ms since 1970. */
  readonly since: number;
  readonly error: unknown;
}

/** `{"entities":[…]}` around the entities. */
const frame = 16;

/** In bytes; even 20 entities of double this size make half a request. */
const smallEntity = largestRequest / mostEntitiesPerCall / 4;

export interface BatchOptions {
  readonly isWanted: (index: number) => boolean;
  readonly lookUp: BlueprintLookup;
  readonly changed: ChangedNumbers;
}

/** Puts entities of one blueprint together, up to what one call takes. */
export async function* batchesOf(
  list: EntityList,
  { isWanted, lookUp, changed }: BatchOptions,
): AsyncGenerator<Batch> {
  const open = new Map<string, { items: BatchItem[]; size: number }>();
  for await (const items of readItems(list, isWanted)) {
    for (const { index, identifier, blueprint, draft, bytes } of items) {
      const entity = await entityOf(draft, lookUp, changed);
      const size = sizeOf(entity, bytes);
      let batch = open.get(blueprint);
      if (batch !== undefined && frame + batch.size + size > largestRequest) {
        yield { blueprint, items: batch.items };
        batch = undefined;
      }
      batch ??= { items: [], size: 0 };
      batch.items.push({ index, identifier, blueprint, entity, size });
      batch.size += size;
      open.set(blueprint, batch);
      if (batch.items.length < mostEntitiesPerCall) continue;
      open.delete(blueprint);
      yield { blueprint, items: batch.items };
    }
  }
  for (const [blueprint, { items }] of open) yield { blueprint, items };
}

/**
 * The bytes that an entity takes in a request, with its comma. Small ones are not written out to be measured: even if one grew
 * to double its text, twenty of them would be far below the limit.
 */
function sizeOf(entity: Entity, textBytes: number | undefined): number {
  if (textBytes !== undefined && textBytes < smallEntity) return 2 * textBytes;
  return byteLength(JSON.stringify(entity)) + 1;
}
