import { PortApiError } from '../../tasks/common/errors.ts';
import { isRecord } from '../../tasks/common/json.ts';
import type { PortClient } from '../../tasks/common/port/client/client.ts';
import type { RouteName } from '../../tasks/common/port/client/routes.ts';
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
};

/** The thing as Port has it; undefined where it has none. */
export async function find(port: PortClient, kind: Kind, id: string): Promise<Json | undefined> {
  try {
    const answer = await port.call(kind.get, { parameters: { [kind.name]: id } });
    const found = answer[kind.member];
    return isRecord(found) ? found : undefined;
  } catch (error) {
    if (error instanceof PortApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Properties and relations that a blueprint has beyond the wanted ones hold people's data, and what is demanded is: they stay. */
export function withExtras(kind: Kind, wanted: Json, actual: Json): Json {
  if (kind.name !== 'blueprint') return wanted;
  const [schema, before] = [recordOf(wanted.schema), recordOf(actual.schema)];
  const required = [...new Set([before.required ?? [], schema.required ?? []].flat())];
  const properties = { ...recordOf(before.properties), ...recordOf(schema.properties) };
  const relations = { ...recordOf(actual.relations), ...recordOf(wanted.relations) };
  return { ...wanted, schema: { ...before, ...schema, properties, required }, relations };
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
    body: { ...kept, ...withExtras(kind, wanted, actual) },
  });
}
