import { newId } from './ids.ts';
import type { Blueprint, Entity, JsonObject } from './model.ts';
import type { Store } from './store.ts';

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const text = { type: 'string' };
const born = { createdAt: '2020-01-01T00:00:00.000Z', createdBy: 'port' };
const audit = { ...born, updatedAt: born.createdAt, updatedBy: born.createdBy };

/** The blueprints that Port brings along, as far as the local Port has them. */
export const systemBlueprints: readonly Blueprint[] = [
  {
    identifier: '_user',
    title: 'User',
    schema: {
      properties: {
        port_type: { type: 'string', enum: ['Standard', 'Service Account'] },
        port_role: text,
        status: { type: 'string', enum: ['Active', 'Disabled', 'Invited', 'Staged'] },
      },
    },
    relations: {},
    ...audit,
  },
  {
    identifier: '_team',
    title: 'Team',
    schema: { properties: { description: text } },
    relations: {},
    ...audit,
  },
];

/**
 * What the answer to a creation has besides the entity: the credentials of a new service account, which Port tells
 * once and never again.
 */
export function additionalDataOf(store: Store, entity: Entity, isNew: boolean): JsonObject {
  const isAccount = entity.blueprint === '_user' && entity.properties.port_type === 'Service Account';
  const isKept = store.entity(entity.blueprint, entity.identifier) === entity;
  if (!isNew || !isAccount || !isKept) return {};
  return { additionalData: { credentials: newCredentials(store, entity.identifier) } };
}

/** New credentials in place of those that the user had. */
export function newCredentials(store: Store, user: string): Credentials {
  for (const [clientId, owner] of store.credentials)
    if (owner.user === user) store.credentials.delete(clientId);
  const credentials = { clientId: newId('client_'), clientSecret: newId('secret_') };
  store.credentials.set(credentials.clientId, { user, clientSecret: credentials.clientSecret });
  return credentials;
}

/** Whether this user may call: new and existing tokens of one that is disabled or deleted are refused. */
export function isActive(store: Store, user: string): boolean {
  const entity = store.entity('_user', user);
  return entity !== undefined && entity.properties.status !== 'Disabled';
}
