import { type LoggedRequest, type Reply, startScriptedServer } from '../../support/scripted-server.ts';

/** A Port with one run, or one workflow node's run, that refuses some requests. */
export interface PickyPort {
  readonly url: string;
  /** What it holds: `status`, `statusLabel`, `link` … of an action run; `status`, `result`, `links` … of a node's run. */
  readonly run: Record<string, unknown>;
  readonly logs: readonly string[];
  /** "PATCH link,summary": method and keys of each request that is no sign-in. */
  readonly calls: readonly string[];
  close(): Promise<void>;
}

export const refused: Reply = {
  status: 422,
  body: { ok: false, error: 'invalid_request', message: 'that is not how it should be' },
};

/** @param replyTo what is answered in place of doing it; undefined: it is done, as long as the run is open. */
export async function startPickyPort(
  replyTo: (method: string, body: Readonly<Record<string, unknown>>) => Reply | undefined,
  run: Record<string, unknown> = {},
): Promise<PickyPort> {
  const held: Record<string, unknown> = { id: 'r_abc123def456ghi7', status: 'IN_PROGRESS', ...run };
  const logs: string[] = [];
  const calls: string[] = [];
  const server = await startScriptedServer((request) => {
    if (request.path.endsWith('/access_token'))
      return { status: 200, body: { accessToken: 'token', tokenType: 'Bearer' } };
    const body = bodyOf(request);
    calls.push(`${request.method} ${Object.keys(body).join(',')}`.trim());
    const refusal = replyTo(request.method, body);
    if (refusal !== undefined) return refusal;
    if (request.method === 'GET')
      return { status: 200, body: { ok: true, run: held, runLogs: logs.map(entryOf) } };
    const isOver = !['IN_PROGRESS', 'WAITING_FOR_APPROVAL'].includes(String(held.status));
    if (isOver) return { status: 422, body: { ok: false, error: 'run_exhausted', message: 'has ended' } };
    if (request.method === 'PATCH') Object.assign(held, body);
    else take(body);
    return { status: 200, body: { ok: true } };
  });
  const take = ({ message, logs: entries, terminationStatus, statusLabel }: Record<string, unknown>) => {
    logs.push(
      ...(Array.isArray(entries)
        ? (entries as { message: string }[]).map((e) => e.message)
        : [String(message)]),
    );
    if (terminationStatus !== undefined) Object.assign(held, { status: terminationStatus, statusLabel });
  };
  return { url: server.url, run: held, logs, calls, close: () => server.close() };
}

function entryOf(message: string, index: number) {
  return { id: `rl_${index}`, message, createdAt: '2026-01-01T00:00:00.000Z' };
}

function bodyOf({ body }: LoggedRequest): Readonly<Record<string, unknown>> {
  return body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
}
