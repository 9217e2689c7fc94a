import { type Json, recordOf, textOf } from '../../json.ts';
import type { Lab } from '../lab.ts';

const part = encodeURIComponent;

export const runPath = (run: string): string => `/v1/actions/runs/${part(run)}`;
export const entitiesPath = (blueprint: string): string => `/v1/blueprints/${part(blueprint)}/entities`;
export const entityPath = (blueprint: string, entity: string): string =>
  `${entitiesPath(blueprint)}/${part(entity)}`;

/** Makes a blueprint with these properties (JSON schemas, by name). @returns its identifier */
export async function makeBlueprint(lab: Lab, what: string, properties: Json): Promise<string> {
  const identifier = lab.name(what);
  const schema = { properties, required: [] };
  await lab.port.require('POST', '/v1/blueprints', { identifier, title: identifier, schema, relations: {} });
  return identifier;
}

/** Writes an entity as the tasks do. */
export async function writeEntity(lab: Lab, blueprint: string, entity: Json): Promise<void> {
  await lab.port.require('POST', `${entitiesPath(blueprint)}?upsert=true&merge=true`, entity);
}

export async function readEntity(lab: Lab, blueprint: string, entity: string): Promise<Json> {
  return recordOf((await lab.port.require('GET', entityPath(blueprint, entity))).entity);
}

/** Makes a webhook that takes events in. @returns its address. */
export async function makeWebhook(lab: Lab, what: string, more: Json = {}): Promise<string> {
  const identifier = lab.name(what);
  const body = { identifier, title: identifier, enabled: true, mappings: [], ...more };
  const answer = await lab.port.require('POST', '/v1/webhooks', body);
  return textOf(answer.url) || textOf(recordOf(answer.integration).url);
}

/**
 * Starts a run that nobody listens to: it calls a webhook in Port that keeps nothing of it, and stays open unless it is
 * synchronized.
 * @returns its id
 */
export async function startRun(lab: Lab, what: string, { isSynchronized = false } = {}): Promise<string> {
  const [identifier, url] = [lab.name(what), await makeWebhook(lab, what)];
  await lab.port.require('POST', '/v1/actions', {
    identifier,
    title: identifier,
    trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {}, required: [] } },
    invocationMethod: { type: 'WEBHOOK', url, method: 'POST', synchronized: isSynchronized, body: {} },
  });
  const answer = await lab.port.require('POST', `/v1/actions/${part(identifier)}/runs`, { properties: {} });
  return textOf(recordOf(answer.run).id);
}

export async function readRun(lab: Lab, run: string): Promise<Json> {
  return recordOf((await lab.port.require('GET', `${runPath(run)}?version=v2`)).run);
}
