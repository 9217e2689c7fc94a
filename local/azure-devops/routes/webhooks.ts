import type { FastifyRequest } from 'fastify';
import { messageOf } from '../../agent/errors.ts';
import type { WebhookTrigger } from '../../agent/yaml/triggers.ts';
import { isUsable } from '../builds.ts';
import { AzureError, found } from '../errors.ts';
import { lookup, paramOf, parseJson } from '../json.ts';
import type { Endpoint, Pipeline } from '../model.ts';
import { isSignedWith } from '../signature.ts';
import type { State } from '../state.ts';
import { type Routes, requireVersion } from './context.ts';

/** The connection by its *WebHook Name*, which need not be the connection's own name. */
function connectionOf(state: State, webhookName: string): Endpoint {
  const endpoint = [...state.endpoints.values()].find(
    ({ type, authorization: { parameters } }) =>
      type === 'incomingwebhook' && parameters.webhookname?.toLowerCase() === webhookName.toLowerCase(),
  );
  return found(endpoint, `WebHook ${webhookName} was not found.`, 'WebHookNotFoundException');
}

function requireSignature(endpoint: Endpoint, request: FastifyRequest): void {
  const { secret = '', header = '' } = endpoint.authorization.parameters;
  if (secret === '') return;
  const given = request.headers[header.toLowerCase()];
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  if (!isSignedWith(secret, body, typeof given === 'string' ? given : undefined)) {
    throw new AzureError(
      401,
      'WebHookSignatureException',
      'The signature of the webhook payload does not match.',
    );
  }
}

const isWanted = (trigger: WebhookTrigger, connection: string, payload: unknown): boolean =>
  trigger.connection.toLowerCase() === connection.toLowerCase() &&
  trigger.filters.every(({ path, value }) => String(lookup(payload, path)) === value);

/** The service learns of a pipeline's webhooks when the pipeline runs for the first time, by hand. */
const isListening = (state: State, pipeline: Pipeline): boolean =>
  pipeline.hasRunOnce || [...state.builds.values()].some((build) => build.pipeline === pipeline);

async function triggerOf(
  state: State,
  pipeline: Pipeline,
  endpoint: Endpoint,
  payload: unknown,
): Promise<WebhookTrigger | undefined> {
  if (!isListening(state, pipeline) || !isUsable(state, endpoint, pipeline.id)) return undefined;
  const triggers = await state.options.triggers(pipeline.file);
  return triggers.find((trigger) => isWanted(trigger, endpoint.name, payload));
}

/** The public address that Port posts to: no credentials, a signature over the raw body instead. */
export function webhookRoutes({ app, state, queue }: Routes): void {
  app.post('/_apis/public/distributedtask/webhooks/:name', async (request, reply) => {
    requireVersion(state, request, true);
    const endpoint = connectionOf(state, paramOf(request, 'name'));
    requireSignature(endpoint, request);
    const payload = parseJson(request.body);
    for (const pipeline of state.pipelines.values()) {
      try {
        const trigger = await triggerOf(state, pipeline, endpoint, payload);
        if (trigger === undefined) continue;
        const webhook = { alias: trigger.alias, payload };
        await queue.queue({ definitionId: pipeline.id, reason: 'resourceTrigger', webhook });
      } catch (error) {
        // A run whose YAML cannot be read, or compiled with this payload, is silently not made; others are.
        state.refusals.push({ pipeline: pipeline.name, message: messageOf(error) });
      }
    }
    return reply.code(200).send();
  });
}
