import { isRecord, type PortClient } from './client.ts';

/** An entity as it is sent. */
export interface Entity {
  readonly identifier?: unknown;
  readonly title?: string;
  readonly icon?: string;
  readonly team?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly relations?: Readonly<Record<string, unknown>>;
}

export type WriteMode = 'merge' | 'replace' | 'create';

export interface WriteOptions {
  readonly blueprint: string;
  readonly mode: WriteMode;
  readonly createMissingRelatedEntities: boolean;
  readonly validateOnly: boolean;
  /** The run to tie the entity to. */
  readonly runId: string | undefined;
}

/** Query parameters of an entity write. `upsert` alone would drop every property that is not sent. */
export function writeQuery(options: WriteOptions): Readonly<Record<string, string | boolean | undefined>> {
  return {
    upsert: options.mode !== 'create',
    merge: options.mode === 'merge',
    validation_only: options.validateOnly,
    create_missing_related_entities: options.createMissingRelatedEntities,
    run_id: options.runId,
  };
}

/** Writes one entity and returns its identifier, which Port may have made or found. */
export async function writeEntity(port: PortClient, entity: Entity, options: WriteOptions): Promise<string> {
  const answer = await port.call(options.mode === 'create' ? 'createEntity' : 'upsertEntity', {
    parameters: { blueprint: options.blueprint },
    query: writeQuery(options),
    body: entity,
  });
  const written = answer['entity'];
  return isRecord(written) && typeof written['identifier'] === 'string'
    ? written['identifier']
    : String(entity.identifier);
}
