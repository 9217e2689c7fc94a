import type { FastifyInstance, FastifyRequest } from 'fastify';
import { jq } from '../actions/jq.ts';
import { type Incoming, applyMapping } from '../actions/mapping.ts';
import type { Context, Quirks } from '../context.ts';
import type { Delivery, JsonObject, Webhook } from '../model.ts';
import { notFound } from '../problem.ts';

/** The ingest host takes payloads of up to 512 KiB. */
const BODY_LIMIT = 512 * 1024;

/**
 * The ingest host: it says 202 at once, and what becomes of the call its sender never learns (`store.deliveries`
 * tells). Calls are mapped one after another, in the order of their arrival.
 */
export function addIngestRoutes(app: FastifyInstance, context: Context): void {
  const { store, background } = context;
  const seen = new Set<string>();
  let last = Promise.resolve();

  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, next) =>
      next(null, body),
    );
    scope.post<{ Params: { key: string } }>('/ingest/:key', { bodyLimit: BODY_LIMIT }, (request, reply) => {
      const webhook = [...store.webhooks.values()].find(
        ({ webhookKey }) => webhookKey === request.params.key,
      );
      if (!webhook) throw notFound('Webhook', request.params.key);
      const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const incoming = incomingOf(request, raw);
      const work = last.then(() => deliver(context, { webhook, incoming, seen }));
      last = work.catch(() => undefined);
      background.start(() => work);
      reply.code(202);
      return { ok: true };
    });
    done();
  });
}

function incomingOf(request: FastifyRequest, raw: Buffer): Incoming {
  const queryParams = request.query as JsonObject;
  try {
    return { body: JSON.parse(raw.toString()) as unknown, headers: { ...request.headers }, queryParams };
  } catch {
    return { body: raw.toString(), headers: { ...request.headers }, queryParams };
  }
}

async function deliver(context: Context, arrival: Arrival): Promise<void> {
  const { webhook, incoming } = arrival;
  const delivery: Delivery = {
    webhook: webhook.identifier,
    outcome: await outcomeOf(context, arrival),
    written: [],
    errors: [],
  };
  context.store.deliveries.push(delivery);
  if (delivery.outcome !== 'mapped') return;
  const author = { id: `webhook/${webhook.identifier}`, datasource: `webhook/${webhook.identifier}` };
  for (const mapping of webhook.mappings)
    try {
      delivery.written.push(...(await applyMapping(context, mapping, incoming, author)));
    } catch (error) {
      delivery.errors.push(error instanceof Error ? error.message : String(error));
    }
}

interface Arrival {
  readonly webhook: Webhook;
  readonly incoming: Incoming;
  readonly seen: Set<string>;
}

async function outcomeOf(
  { quirks }: Context,
  { webhook, incoming, seen }: Arrival,
): Promise<Delivery['outcome']> {
  if (!webhook.enabled) return 'disabled';
  if (!isSigned(quirks, webhook, incoming)) return 'bad-signature';
  const { requestIdentifierPath } = webhook.security;
  if (!requestIdentifierPath) return 'mapped';
  const id = await jq(requestIdentifierPath, incoming);
  if (id === null) return 'mapped';
  const key = `${webhook.identifier} ${JSON.stringify(id)}`;
  if (quirks.takesEventsOnce && seen.has(key)) return 'duplicate';
  seen.add(key);
  return 'mapped';
}

/** The header must hold the secret itself. */
function isSigned({ plainSecrets }: Quirks, { security }: Webhook, { headers }: Incoming): boolean {
  const { secret, signatureHeaderName } = security;
  if (!secret || !signatureHeaderName || plainSecrets === 'ignored') return true;
  if (plainSecrets === 'refused') return false;
  return headers[signatureHeaderName.toLowerCase()] === secret;
}
