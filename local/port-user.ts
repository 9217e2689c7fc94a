import type { LocalPort } from './port/index.ts';

/** A person at Port's web page, played through its API. */
export interface PortUser {
  /** @throws Error with Port's answer where it is not a success. */
  call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<Record<string, unknown>>;
  /** Executes a self-service action and returns the run's id. */
  execute(action: string, properties: Readonly<Record<string, unknown>>, entity?: string): Promise<string>;
}

export async function signInToPort(port: LocalPort): Promise<PortUser> {
  const { clientId, clientSecret } = port;
  const { accessToken } = await send(port.url, {
    method: 'POST',
    path: '/v1/auth/access_token',
    body: { clientId, clientSecret },
  });
  const call: PortUser['call'] = (method, path, body) =>
    send(port.url, { method, path, body, authorization: `Bearer ${String(accessToken)}` });
  return {
    call,
    async execute(action, properties, entity) {
      const body = { properties, ...(entity !== undefined && { entity }) };
      const { run } = await call('POST', `/v1/actions/${encodeURIComponent(action)}/runs`, body);
      return (run as { id: string }).id;
    },
  };
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly authorization?: string;
}

async function send(
  url: string,
  { method, path, body, authorization }: Call,
): Promise<Record<string, unknown>> {
  const answer = await fetch(url + path, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(authorization !== undefined && { authorization }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} -> ${answer.status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}
