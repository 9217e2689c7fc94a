import { type EntityBody, deleteEntity, writeEntity } from '../catalog/entities.ts';
import type { Context } from '../context.ts';
import type { Author, JsonObject, WebhookMapping } from '../model.ts';
import { invalidRequest } from '../problem.ts';
import { jq } from './jq.ts';

/** What a call to an incoming webhook looks like to a mapping's JQ. */
export interface Incoming {
  readonly body: unknown;
  readonly headers: JsonObject;
  readonly queryParams: JsonObject;
}

/** Carries out one mapping of an incoming webhook; the identifiers it wrote or deleted. */
export async function applyMapping(
  context: Context,
  mapping: WebhookMapping,
  incoming: Incoming,
  author: Author,
): Promise<string[]> {
  if (mapping.filter !== undefined && (await jq(mapping.filter, incoming)) !== true) return [];
  const body = (await evaluate(mapping.entity, incoming)) as EntityBody;
  const { identifier } = body;
  if (identifier === null || identifier === undefined) return [];
  if (mapping.operation === 'delete') {
    if (typeof identifier !== 'string') throw invalidRequest('identifier must be string');
    deleteEntity(context, mapping.blueprint, identifier, { deleteDependents: false, author });
    return [identifier];
  }
  const blueprint = context.store.blueprint(mapping.blueprint);
  const { mappingsMerge, mappingsTakeNull } = context.quirks;
  if (!mappingsTakeNull && Object.values(body.properties ?? {}).includes(null))
    throw invalidRequest('properties must have values');
  const options = { mode: mappingsMerge ? 'merge' : 'replace', createMissing: true, author } as const;
  return [writeEntity(context, blueprint, body, options).entity.identifier];
}

/** Every text is JQ, but an icon and the words of a search query; a property without a value is not written. */
async function evaluate(entity: WebhookMapping['entity'], data: object): Promise<JsonObject> {
  const body: JsonObject = {};
  for (const [key, value] of Object.entries(entity))
    body[key] = key === 'icon' ? value : await evaluateValue(value, data);
  return Object.fromEntries(
    Object.entries(body).filter(([key, value]) => key === 'identifier' || value !== null),
  );
}

async function evaluateValue(value: unknown, data: object): Promise<unknown> {
  if (typeof value === 'string') return jq(value, data);
  if (Array.isArray(value)) return Promise.all(value.map((item) => evaluateValue(item, data)));
  if (typeof value !== 'object' || value === null) return value;
  const isRule = 'operator' in value || 'combinator' in value;
  const entries = Object.entries(value).map(async ([key, item]: [string, unknown]) => [
    key,
    isRule && !['value', 'rules'].includes(key) ? item : await evaluateValue(item, data),
  ]);
  return Object.fromEntries((await Promise.all(entries)) as [string, unknown][]);
}
