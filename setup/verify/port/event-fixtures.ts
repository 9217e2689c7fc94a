import { SetupError } from '../../errors.ts';
import { type Json, recordOf } from '../../json.ts';
import type { Lab } from '../lab.ts';
import { codeOf } from '../port-direct.ts';
import { entityPath } from './fixtures.ts';

/** The JSON schema of a text. */
export const text: Json = { type: 'string' };

/**
 * A mapping that makes an entity of each event; `.body.entity` is its identifier.
 * @param properties expressions of jq, by name
 */
export const mappingTo = (blueprint: string, properties: Json = {}): Json => ({
  blueprint,
  entity: { identifier: '.body.entity', properties },
});

/**
 * Sends an event to a webhook in Port, again as long as its address is not known there yet.
 * @returns the status of the answer
 */
export async function tell(
  lab: Lab,
  url: string,
  event: Json,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const status = await lab.until(async () => {
    const answer = await lab.post(url, headers, event);
    return answer.status === 404 ? undefined : answer.status;
  });
  return status ?? 404;
}

/** The entity; undefined where there is none. */
export async function findEntity(lab: Lab, blueprint: string, entity: string): Promise<Json | undefined> {
  const answer = await lab.port.ask('GET', entityPath(blueprint, entity));
  if (answer.status === 404) return undefined;
  if (answer.status >= 300) throw new SetupError(`Port refuses to read an entity: ${codeOf(answer)}`);
  return recordOf(answer.body.entity);
}

/** The entity that something is to make, as soon as it is there; undefined where it does not come. */
export const entityMade = (
  lab: Lab,
  blueprint: string,
  entity: string,
  seconds?: number,
): Promise<Json | undefined> => lab.until(() => findEntity(lab, blueprint, entity), seconds);

/** The same for an entity without which nothing can be asked. @throws SetupError where it does not come */
export async function requireMade(lab: Lab, blueprint: string, entity: string): Promise<Json> {
  const made = await entityMade(lab, blueprint, entity);
  if (made === undefined) throw new SetupError('No event of a webhook becomes an entity within 20 s.');
  return made;
}
