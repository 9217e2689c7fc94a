import { type Agent, request } from 'node:https';

export interface Call {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
}

/** One call with JSON, and nothing but Node. @throws Error for any answer but a success */
export function send(
  agent: Agent,
  base: string,
  { method, path, body }: Call,
  token?: string,
): Promise<{ accessToken?: string }> {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...(content !== undefined && {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(content),
    }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, base), { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      const { statusCode = 0 } = response;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (statusCode < 300) resolve(JSON.parse(text) as { accessToken?: string });
        else reject(new Error(`${method} ${path} -> ${statusCode} ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(content);
  });
}
