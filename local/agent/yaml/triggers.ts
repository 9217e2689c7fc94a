import { basename } from 'node:path';
import { refuse } from '../errors.ts';
import { Fields } from './fields.ts';
import { type Node, entryOf, parseYaml } from './tree.ts';

export interface WebhookTrigger {
  /** Name of the resource in the YAML: `${{ parameters.<alias>… }}`. */
  readonly alias: string;
  /** Name of the incoming webhook service connection. */
  readonly connection: string;
  /** All must hold; a path is dotted. */
  readonly filters: readonly { readonly path: string; readonly value: string }[];
}

export interface Triggers {
  readonly webhooks: readonly WebhookTrigger[];
}

/** What starts a pipeline, read without a run. Throws `PipelineError`. */
export function readTriggers(yamlText: string, fileName: string): Triggers {
  const resources = entryOf(parseYaml(yamlText, basename(fileName)), 'resources');
  const webhooks = resources === undefined ? undefined : entryOf(resources, 'webhooks');
  if (webhooks === undefined) return { webhooks: [] };
  if (webhooks.kind !== 'sequence') return refuse(webhooks.at, "'webhooks' must be a list");
  return { webhooks: webhooks.items.map(readWebhook) };
}

function readWebhook(node: Node): WebhookTrigger {
  const fields = new Fields(node, 'a webhook');
  const alias = fields.text('webhook') ?? refuse(node.at, "a webhook needs 'webhook'");
  if (!/^[-\w]+$/.test(alias)) refuse(node.at, `'${alias}' is no name for a webhook`);
  const connection = fields.text('connection') ?? refuse(node.at, "a webhook needs 'connection'");
  const filters = fields.list('filters').map((item) => {
    const filter = new Fields(item, 'a webhook filter');
    const path = filter.text('path') ?? refuse(item.at, "a webhook filter needs 'path'");
    const value = filter.text('value') ?? refuse(item.at, "a webhook filter needs 'value'");
    filter.end();
    return { path, value };
  });
  fields.ignore('type');
  fields.end();
  return { alias, connection, filters };
}
