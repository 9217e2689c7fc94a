import { isRecord } from '../../tasks/common/json.ts';
import type { PortClient } from '../../tasks/common/port/client/client.ts';
import type { RouteName } from '../../tasks/common/port/client/routes.ts';
import { isNotFound } from '../../tasks/common/port/entities/get-entity.ts';
import { type Json, recordOf } from '../json.ts';

/** Something that is kept in Port under an identifier and replaced as a whole. */
export interface Kind {
  /** Also the name of the identifier in the paths of its routes. */
  readonly name: 'blueprint' | 'action' | 'webhook';
  /** The member of an answer that holds it. */
  readonly member: string;
  /** What may be sent; Port refuses the rest of what it answers. */
  readonly writable: readonly string[];
  readonly get: RouteName;
  readonly create: RouteName;
  readonly replace: RouteName;
  readonly remove: RouteName;
  /** Mappings whose members people add in Port: what the wanted one lacks of them stays. */
  readonly open: readonly (readonly string[])[];
}

export const blueprintKind: Kind = {
  name: 'blueprint',
  member: 'blueprint',
  writable: [
    'identifier',
    'title',
    'icon',
    'description',
    'schema',
    'relations',
    'mirrorProperties',
    'calculationProperties',
    'aggregationProperties',
    'ownership',
    'teamInheritance',
    'changelogDestination',
  ],
  get: 'getBlueprint',
  create: 'createBlueprint',
  replace: 'replaceBlueprint',
  remove: 'deleteBlueprint',
  open: [['schema', 'properties'], ['relations']],
};

export const actionKind: Kind = {
  name: 'action',
  member: 'action',
  writable: [
    'identifier',
    'title',
    'icon',
    'description',
    'trigger',
    'invocationMethod',
    'requiredApproval',
    'approvalNotification',
    'publish',
    'allowAnyoneToViewRuns',
  ],
  get: 'getAction',
  create: 'createAction',
  replace: 'replaceAction',
  remove: 'deleteAction',
  open: [['trigger', 'userInputs', 'properties']],
};

export const webhookKind: Kind = {
  name: 'webhook',
  member: 'integration',
  writable: [
    'identifier',
    'title',
    'icon',
    'description',
    'enabled',
    'mappings',
    'security',
    'integrationType',
  ],
  get: 'getWebhook',
  create: 'createWebhook',
  replace: 'replaceWebhook',
  remove: 'deleteWebhook',
  open: [],
};

/** The thing as Port has it; undefined where it has none. */
export async function find(port: PortClient, kind: Kind, id: string): Promise<Json | undefined> {
  try {
    const answer = await port.call(kind.get, { parameters: { [kind.name]: id } });
    const found = answer[kind.member];
    return isRecord(found) ? found : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

const at = (json: Json, path: readonly string[]): Json =>
  path.reduce<Json>((from, key) => recordOf(from[key]), json);

function withAt(json: Json, [key = '', ...rest]: readonly string[], value: unknown): Json {
  return { ...json, [key]: rest.length === 0 ? value : withAt(recordOf(json[key]), rest, value) };
}

/** The names that the actual one has there and the wanted one has not. */
const othersAt = (path: readonly string[], wanted: Json, actual: Json): string[] =>
  Object.keys(at(actual, path)).filter((name) => !Object.hasOwn(at(wanted, path), name));

/** What Port has of it beyond the wanted one, such as `schema.properties.owner`. */
export const extrasOf = ({ open }: Kind, wanted: Json, actual: Json): string[] =>
  open.flatMap((path) => othersAt(path, wanted, actual).map((name) => [...path, name].join('.')));

/** The wanted one with what people added in Port, for that may hold data, and with what a blueprint demands besides. */
export function withExtras(kind: Kind, wanted: Json, actual: Json): Json {
  const whole = kind.open
    .filter((path) => othersAt(path, wanted, actual).length > 0)
    .reduce((json, path) => withAt(json, path, { ...at(actual, path), ...at(wanted, path) }), wanted);
  if (kind.name !== 'blueprint') return whole;
  const [schema, before] = [recordOf(whole.schema), recordOf(actual.schema)];
  const required = [...new Set([before.required ?? [], schema.required ?? []].flat())];
  return { ...whole, schema: { ...before, ...schema, required } };
}

/** Makes it, or changes what is there to what is wanted. Members that are not wanted otherwise stay as they are. */
export async function save(
  port: PortClient,
  kind: Kind,
  wanted: Json,
  actual: Json | undefined,
): Promise<void> {
  if (actual === undefined) {
    await port.call(kind.create, { body: wanted });
    return;
  }
  const kept = Object.fromEntries(
    kind.writable
      .filter((key) => actual[key] !== undefined && actual[key] !== null)
      .map((key) => [key, actual[key]]),
  );
  await port.call(kind.replace, {
    parameters: { [kind.name]: String(wanted.identifier) },
    body: { ...kept, ...wanted },
  });
}

/** @param withData takes the entities of a blueprint away with it */
export async function remove(port: PortClient, kind: Kind, id: string, withData: boolean): Promise<void> {
  const parameters = { [kind.name]: id };
  if (kind.name === 'blueprint' && withData)
    await port.call('deleteAllEntities', { parameters, query: { delete_blueprint: true } });
  else await port.call(kind.remove, { parameters });
}

export async function countEntities(port: PortClient, blueprint: string): Promise<number> {
  const { count } = await port.call('countEntities', { parameters: { blueprint } });
  return typeof count === 'number' ? count : 0;
}
