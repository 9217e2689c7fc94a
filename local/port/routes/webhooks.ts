import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.ts';
import { newId } from '../ids.ts';
import type { Webhook } from '../model.ts';
import { Problem, invalidRequest } from '../problem.ts';
import { webhookBody, webhookPatch } from '../schemas/webhook.ts';
import { callerOf } from './caller.ts';

interface Named {
  readonly Params: { readonly identifier: string };
}

export function addWebhookRoutes(app: FastifyInstance, context: Context): void {
  const { store } = context;
  const path = '/v1/webhooks/:identifier';

  const save = (body: Partial<Webhook>, before: Webhook | undefined, by: string): Webhook => {
    const at = context.now().toISOString();
    const webhookKey = before?.webhookKey ?? newId();
    const webhook = {
      title: '',
      enabled: true,
      mappings: [],
      security: {},
      ...body,
      identifier: body.identifier ?? before?.identifier ?? newId(),
      webhookKey,
      url: `${context.ingestUrl()}/${webhookKey}`,
      ...{
        createdAt: before?.createdAt ?? at,
        createdBy: before?.createdBy ?? by,
        updatedAt: at,
        updatedBy: by,
      },
    };
    store.webhooks.set(webhook.identifier, webhook);
    return webhook;
  };

  app.post<{ Body: Webhook }>('/v1/webhooks', { schema: { body: webhookBody } }, (request, reply) => {
    if (store.webhooks.has(request.body.identifier))
      throw new Problem(409, 'identifier_taken', `A webhook "${request.body.identifier}" already exists`);
    const webhook = save(request.body, undefined, callerOf(context, request).id);
    reply.code(201);
    return { ok: true, webhookKey: webhook.webhookKey, url: webhook.url, integration: webhook };
  });
  app.get('/v1/webhooks', () => ({ ok: true, integrations: [...store.webhooks.values()] }));
  app.get<Named>(path, ({ params }) => ({ ok: true, integration: store.webhook(params.identifier) }));
  app.put<Named & { Body: Webhook }>(path, { schema: { body: webhookBody } }, (request) => {
    const before = unrenamed(store.webhook(request.params.identifier), request.body);
    return { ok: true, integration: save(request.body, before, callerOf(context, request).id) };
  });
  app.patch<Named & { Body: Partial<Webhook> }>(path, { schema: { body: webhookPatch } }, (request) => {
    const before = unrenamed(store.webhook(request.params.identifier), request.body);
    return {
      ok: true,
      integration: save({ ...before, ...request.body }, before, callerOf(context, request).id),
    };
  });
  app.delete<Named>(path, ({ params }) => {
    store.webhooks.delete(store.webhook(params.identifier).identifier);
    return { ok: true };
  });
}

function unrenamed(before: Webhook, { identifier = before.identifier }: Partial<Webhook>): Webhook {
  if (identifier === before.identifier) return before;
  throw invalidRequest('The local Port does not rename webhooks');
}
