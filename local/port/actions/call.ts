import { createHmac } from 'node:crypto';
import type { Context } from '../context.ts';
import type { InvocationMethod, JsonObject } from '../model.ts';
import { fillString, fillTemplate } from './template.ts';

/** An HTTP call that an invocation makes. */
export interface Call {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

type WebhookMethod = Pick<InvocationMethod, 'url' | 'method' | 'headers' | 'body'>;

const azureDevOps = 'https://dev.azure.com';
const ownApi = /^https:\/\/api(?:\.us)?\.(?:getport|port)\.io(?=\/)/;

/** Port signs its web hooks with `v1,` and the base64 SHA-256 HMAC of `timestamp.body`. */
export async function webhookCall(context: Context, webhook: WebhookMethod, data: JsonObject): Promise<Call> {
  const { url = '', method = 'POST', headers = {}, body } = webhook;
  const content = JSON.stringify(body === undefined ? (data.event ?? {}) : await filled(context, body, data));
  const timestamp = String(Math.floor(context.now().getTime() / 1000));
  const signature = createHmac('sha256', context.clientSecret)
    .update(`${timestamp}.${content}`)
    .digest('base64');
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    own[name.toLowerCase()] = await fillString(value, data);
  return {
    url: (await fillString(url, data)).replace(azureDevOps, context.azureDevOpsUrl),
    method: (await fillString(method, data)).toUpperCase(),
    headers: {
      'content-type': 'application/json',
      ...own,
      'x-port-timestamp': timestamp,
      'x-port-signature': `v1,${signature}`,
    },
    body: content,
  };
}

async function filled({ quirks }: Context, template: unknown, data: JsonObject): Promise<unknown> {
  const once = await fillTemplate(template, data);
  return quirks.fillsTemplatesOnce ? once : fillTemplate(once, data);
}

/** Sends a call. Port's own API is this one. @param isSigned whether Port signs in there by itself */
export async function send(
  context: Context,
  call: Call,
  isSigned: boolean,
): Promise<{ status: number; body: string }> {
  const hasBody = call.method !== 'GET' && call.method !== 'HEAD';
  if (ownApi.test(call.url)) {
    const path = call.url.replace(ownApi, '');
    return context.callSelf({ ...call, path, body: hasBody ? call.body : '', isSigned });
  }
  const { method, headers, body } = call;
  const signal = AbortSignal.timeout(10_000);
  const response = await fetch(call.url, { method, headers, signal, ...(hasBody && { body }) });
  return { status: response.status, body: await response.text() };
}

/** JSON where it is JSON, text where not. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Why a call failed, with the words of the socket where there are some. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
