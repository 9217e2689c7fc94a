import type { PortApiError } from '../../errors.ts';
import type { PortClient } from '../client/client.ts';
import { type EntityKey, entityExists, isNotFound } from './get-entity.ts';

export interface DeleteOptions {
  /** Delete as well what relates to it; without it Port refuses such an entity. */
  readonly deleteDependents: boolean;
  /** The run to tie the deletion to. */
  readonly runId: string | undefined;
}

/** Port takes so many identifiers in one bulk delete. */
export const mostDeletesInOneCall = 100;

/**
 * Deletes one entity. Where an answer was lost, a look tells whether it is gone.
 * @returns Port's 404 where there was no such entity (or no such blueprint); undefined where it is deleted.
 */
export async function deleteEntity(
  port: PortClient,
  key: EntityKey,
  options: DeleteOptions,
): Promise<PortApiError | undefined> {
  try {
    await port.call('deleteEntity', {
      parameters: { blueprint: key.blueprint, entity: key.identifier },
      query: queryOf(options),
      findDone: async () => ((await entityExists(port, key)) ? undefined : {}),
    });
    return undefined;
  } catch (error) {
    // An entity that is there after all: it is the run that Port does not know.
    if (!isNotFound(error) || (await entityExists(port, key))) throw error;
    return error;
  }
}

/**
 * Deletes up to 100 entities of a blueprint, all or none. It is not repeated where an answer was lost.
 * @returns how many Port says it has deleted.
 */
export async function deleteEntities(
  port: PortClient,
  blueprint: string,
  identifiers: readonly string[],
  options: DeleteOptions,
): Promise<number> {
  const { deletedEntities } = await port.call('deleteEntities', {
    parameters: { blueprint },
    query: queryOf(options),
    body: { entities: identifiers },
  });
  return Array.isArray(deletedEntities) ? deletedEntities.length : identifiers.length;
}

function queryOf({ deleteDependents, runId }: DeleteOptions) {
  return { delete_dependents: deleteDependents, run_id: runId };
}
