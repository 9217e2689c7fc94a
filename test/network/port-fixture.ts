import assert from 'node:assert/strict';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type LocalPort, type PortOptions, startPort } from '../../local/port/index.ts';

/** A local Port with what the tasks of these tests write to. */
export async function startFilledPort(options: PortOptions = {}): Promise<LocalPort> {
  const port = await startPort({ clientId: 'client', clientSecret: 'the-client-secret', ...options });
  await send(port, '/v1/blueprints', {
    identifier: 'service',
    title: 'Service',
    schema: { properties: { note: { type: 'string' } }, required: [] },
    relations: {},
  });
  await send(port, '/v1/blueprints', {
    identifier: 'deployment',
    title: 'Deployment',
    schema: {
      properties: { environment: { type: 'string' }, deploymentStatus: { type: 'string' } },
      required: [],
    },
    relations: { service: { title: 'Service', target: 'service', required: false, many: false } },
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
  const form = { type: 'SELF_SERVE_TRIGGER', userInputs: { properties: { note: { type: 'string' } } } };
  await send(port, '/v1/workflows', {
    identifier: 'release',
    nodes: [
      { identifier: 'form', config: form },
      { identifier: 'deploy', config: { type: 'KAFKA' } },
    ],
    connections: [{ sourceIdentifier: 'form', targetIdentifier: 'deploy' }],
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

/** Lets every run that is started log one entry and succeed, once its start has been answered. */
export function endRunsAtOnce({ store }: LocalPort, message: string): void {
  const { runs } = store;
  const set = runs.set.bind(runs);
  runs.set = (id, run) => {
    setImmediate(() => {
      const at = new Date().toISOString();
      store.logsOf(id).push({ id: `rl_${id}`, runId: id, message, createdBy: 'backend', createdAt: at });
      Object.assign(run, { status: 'SUCCESS', endedAt: at });
    });
    return set(id, run);
  };
}

/** The same for the node of every workflow run that is started. */
export function endNodesAtOnce({ store }: LocalPort, message: string): void {
  const { nodeRuns } = store;
  const set = nodeRuns.set.bind(nodeRuns);
  nodeRuns.set = (id, nodeRun) => {
    setImmediate(() => {
      const end = { status: 'COMPLETED', result: 'SUCCESS', completedAt: new Date().toISOString() } as const;
      nodeRun.logs.push({ level: 'INFO', message, createdAt: end.completedAt });
      Object.assign(nodeRun, end);
      Object.assign(store.workflowRun(nodeRun.workflowRunIdentifier), end);
    });
    return set(id, nodeRun);
  };
}

export async function addEntity(port: LocalPort, identifier: string): Promise<void> {
  await send(port, '/v1/blueprints/service/entities?upsert=true', {
    identifier,
    title: identifier,
    properties: { note: 'old' },
  });
}

export async function addScorecard(port: LocalPort): Promise<void> {
  const conditions = [{ property: 'note', operator: 'isNotEmpty' }];
  const rules = [
    { identifier: 'hasNote', title: 'Has a note', level: 'Gold', query: { combinator: 'and', conditions } },
  ];
  await send(port, '/v1/blueprints/service/scorecards', { identifier: 'ready', title: 'Ready', rules });
}

export async function finishRun(port: LocalPort, runId: string): Promise<void> {
  await send(port, `/v1/actions/runs/${runId}`, { status: 'SUCCESS' }, 'PATCH');
}

/** Past any certificate: it is the tasks that are tried here. */
async function send(port: LocalPort, path: string, body: unknown, method = 'POST'): Promise<unknown> {
  const { accessToken } = port.tokens.issue();
  const options = {
    method,
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    rejectUnauthorized: false,
  };
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const onAnswer = (answer: IncomingMessage) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    };
    const request = port.url.startsWith('https:') ? httpsRequest : httpRequest;
    request(port.url + path, options, onAnswer)
      .on('error', reject)
      .end(JSON.stringify(body));
  });
  assert.ok(status >= 200 && status < 300, `${path}: ${status} ${text}`);
  return JSON.parse(text);
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

export function deploymentState({ store }: LocalPort): string {
  return (
    [...store.entitiesOf('deployment').values()]
      .map(({ identifier, properties }) => `${identifier} ${String(properties.deploymentStatus)}`)
      .join(', ') || 'nothing'
  );
}
