import { PortApiError, UnexpectedAnswerError } from '../../errors.ts';
import { isRecord } from '../../json.ts';
import type { PortClient } from '../client/client.ts';

export interface EntityKey {
  readonly blueprint: string;
  readonly identifier: string;
}

/** An entity as Port tells it; which keys it has depends on what was asked to be included. */
export type StoredEntity = Readonly<Record<string, unknown>>;

/**
 * @param include names of the entity's JSON, such as `properties.imageTag`; none: everything.
 * @throws PortApiError with status 404 where there is no such entity, or no such blueprint.
 */
export async function getEntity(
  port: PortClient,
  { blueprint, identifier }: EntityKey,
  include: readonly string[] = [],
): Promise<StoredEntity> {
  const answer = await port.call('getEntity', {
    parameters: { blueprint, entity: identifier },
    query: { include },
  });
  if (isRecord(answer.entity)) return answer.entity;
  throw new UnexpectedAnswerError(
    "Cannot read the entity: the answer holds none. Is baseUrl the address of Port's API?",
  );
}

export async function entityExists(port: PortClient, key: EntityKey): Promise<boolean> {
  try {
    await getEntity(port, key, ['identifier']);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

export function isNotFound(error: unknown): error is PortApiError {
  return error instanceof PortApiError && error.status === 404;
}
