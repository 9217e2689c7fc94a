import assert from 'node:assert/strict';
import { startPort, type LocalPort, type PortOptions } from '../../local/port/index.ts';

/** A local Port with what the tasks of these tests write to. */
export async function startFilledPort(options: PortOptions = {}): Promise<LocalPort> {
  const port = await startPort({ clientId: 'client', clientSecret: 'the-client-secret', ...options });
  await send(port, '/v1/blueprints', {
    identifier: 'service',
    title: 'Service',
    schema: { properties: { note: { type: 'string' } }, required: [] },
    relations: {},
  });
  await send(port, '/v1/actions', {
    identifier: 'deploy',
    title: 'Deploy',
    trigger: {
      type: 'self-service',
      operation: 'CREATE',
      userInputs: { properties: { note: { type: 'string' } }, required: [] },
    },
    // Nobody is called, so the run stays open.
    invocationMethod: { type: 'KAFKA', payload: {} },
  });
  return port;
}

/** Starts a run that waits for its end; its id. */
export async function startRun(port: LocalPort): Promise<string> {
  const answer = (await send(port, '/v1/actions/deploy/runs', { properties: { note: 'x' } })) as {
    run: { id: string };
  };
  return answer.run.id;
}

export async function addEntity(port: LocalPort, identifier: string): Promise<void> {
  await send(port, '/v1/blueprints/service/entities?upsert=true', {
    identifier,
    properties: { note: 'old' },
  });
}

export async function finishRun(port: LocalPort, runId: string): Promise<void> {
  await send(port, `/v1/actions/runs/${runId}`, { status: 'SUCCESS' }, 'PATCH');
}

async function send(port: LocalPort, path: string, body: unknown, method = 'POST'): Promise<unknown> {
  const { accessToken } = port.tokens.issue();
  const answer = await fetch(port.url + path, {
    method,
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

/** How a run stands: "SUCCESS, 1 log entry". */
export function runState({ store }: LocalPort, runId: string): string {
  return `${store.run(runId).status}, ${count(store.logsOf(runId).length)}`;
}

export function nodeState({ store }: LocalPort, runId: string): string {
  const { status, result, logs } = store.nodeRun(runId);
  return `${result ?? status}, ${count(logs.length)}`;
}

function count(logs: number): string {
  return logs === 1 ? '1 log entry' : `${logs} log entries`;
}

export function entityState({ store }: LocalPort): string {
  return (
    [...store.entitiesOf('service').values()]
      .map(({ identifier, properties }) => `${identifier} ${String(properties.note)}`)
      .join(', ') || 'nothing'
  );
}
