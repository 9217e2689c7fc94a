import type { BlueprintLookup } from '../../common/port/blueprints.ts';
import { largestRequest, mostEntitiesPerCall } from '../../common/port/entities/write-entities.ts';
import type { Entity } from '../../common/port/entities/write-entity.ts';
import { byteLength } from '../../common/text/plain-text.ts';
import { readDraft } from '../read/draft.ts';
import type { EntitySource, Item, SourceEntry } from '../read/entry.ts';
import { entityOf } from './entity.ts';

export interface BatchItem extends Item {
  readonly entity: Entity;
}

export interface Batch {
  readonly blueprint: string;
  readonly items: readonly BatchItem[];
}

/** `{"entities":[…]}` around the entities. */
const frame = 16;

/** In bytes; even 20 entities of double this size make half a request. */
const smallEntity = largestRequest / mostEntitiesPerCall / 4;

export interface BatchOptions {
  readonly isWanted: (index: number) => boolean;
  readonly blueprint: string | undefined;
  readonly lookUp: BlueprintLookup;
}

/** Puts entities of one blueprint together, up to what one call takes. */
export async function* batchesOf(source: EntitySource, options: BatchOptions): AsyncGenerator<Batch> {
  const open = new Map<string, { items: BatchItem[]; size: number }>();
  for await (const entries of source.read({ isWanted: options.isWanted, isChecked: true })) {
    for (const entry of entries) {
      const item = await itemOf(entry, options);
      const size = sizeOf(item.entity, entry.bytes);
      let batch = open.get(item.blueprint);
      if (batch !== undefined && frame + batch.size + size > largestRequest) {
        yield { blueprint: item.blueprint, items: batch.items };
        batch = undefined;
      }
      batch ??= { items: [], size: 0 };
      batch.items.push(item);
      batch.size += size;
      open.set(item.blueprint, batch);
      if (batch.items.length < mostEntitiesPerCall) continue;
      open.delete(item.blueprint);
      yield { blueprint: item.blueprint, items: batch.items };
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

async function itemOf(
  { index, value }: SourceEntry,
  { blueprint, lookUp }: BatchOptions,
): Promise<BatchItem> {
  const draft = readDraft(value, blueprint, () => undefined);
  if (draft === undefined) throw new TypeError(`entity ${index} was checked and is none`);
  const { identifier } = draft;
  return {
    index,
    identifier: typeof identifier === 'string' ? identifier : 'unknown',
    blueprint: draft.blueprint,
    entity: await entityOf(draft, lookUp),
  };
}
