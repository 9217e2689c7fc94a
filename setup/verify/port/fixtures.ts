import { type Json, recordOf, textOf } from '../../json.ts';
import type { Lab } from '../lab.ts';

const part = encodeURIComponent;

export const runPath = (run: string): string => `/v1/actions/runs/${part(run)}`;
export const entitiesPath = (blueprint: string): string => `/v1/blueprints/${part(blueprint)}/entities`;
export const entityPath = (blueprint: string, entity: string): string =>
  `${entitiesPath(blueprint)}/${part(entity)}`;

/** Makes a blueprint with these properties (JSON schemas) and relations, by name. @returns its identifier */
export async function makeBlueprint(
  lab: Lab,
  what: string,
  properties: Json,
  relations: Json = {},
): Promise<string> {
  const identifier = lab.name(what);
  const schema = { properties, required: [] };
  await lab.port.require('POST', '/v1/blueprints', { identifier, title: identifier, schema, relations });
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

interface ActionOptions {
  /** Beside the type; by default it is executed on nothing and asks for nothing. */
  readonly trigger?: Json;
  readonly isSynchronized?: boolean;
}

/**
 * Makes an action that nobody listens to: it calls a webhook in Port that keeps nothing of it, and its runs stay open unless they are
 * synchronized.
 * @returns its identifier
 */
export async function makeAction(
  lab: Lab,
  what: string,
  { trigger = { operation: 'CREATE' }, isSynchronized = false }: ActionOptions = {},
): Promise<string> {
  const [identifier, url] = [lab.name(what), await makeWebhook(lab, what)];
  await lab.port.require('POST', '/v1/actions', {
    identifier,
    title: identifier,
    trigger: { type: 'self-service', userInputs: { properties: {}, required: [] }, ...trigger },
    invocationMethod: { type: 'WEBHOOK', url, method: 'POST', synchronized: isSynchronized, body: {} },
  });
  return identifier;
}

export const startsPath = (action: string): string => `/v1/actions/${part(action)}/runs`;

/** Starts a run of an action. @returns its id */
export async function startRunOf(lab: Lab, action: string, properties: Json = {}): Promise<string> {
  return textOf(recordOf((await lab.port.require('POST', startsPath(action), { properties })).run).id);
}

/** Starts a run of an action that it makes for it. @returns its id */
export async function startRun(lab: Lab, what: string, options: ActionOptions = {}): Promise<string> {
  return startRunOf(lab, await makeAction(lab, what, options));
}

export async function readRun(lab: Lab, run: string): Promise<Json> {
  return recordOf((await lab.port.require('GET', `${runPath(run)}?version=v2`)).run);
}

/** For evidence: `3 s`. @param since by the lab's clock */
export const timeSince = (lab: Lab, since: number): string =>
  `${((lab.elapsed() - since) / 1000).toFixed(1)} s`;
