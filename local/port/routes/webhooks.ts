import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.ts';
import { newId } from '../ids.ts';
import type { Webhook } from '../model.ts';
import { webhookBody, webhookPatch } from '../schemas/webhook.ts';
import { addDefinitionRoutes } from './definitions.ts';

export function addWebhookRoutes(app: FastifyInstance, context: Context): void {
  const { store } = context;
  addDefinitionRoutes<Webhook>(app, context, {
    path: '/v1/webhooks',
    name: 'integration',
    body: webhookBody,
    patch: webhookPatch,
    items: () => store.webhooks,
    find: (identifier) => store.webhook(identifier),
    complete(webhook, before) {
      const { identifier = newId(), mappings = [], security = {} } = webhook as Partial<Webhook>;
      const webhookKey = before?.webhookKey ?? newId();
      const url = `${context.ingestUrl()}/${webhookKey}`;
      return { ...webhook, identifier, mappings, security, webhookKey, url };
    },
    created: ({ webhookKey, url }) => ({ webhookKey, url }),
  });
}
