import assert from 'node:assert/strict';
import {
  type Action,
  type Entity,
  type LocalPort,
  type NodeRun,
  type PortOptions,
  type Run,
  type RunLog,
  type Scorecard,
  type Webhook,
  type WorkflowRun,
  startPort,
} from '../../../local/port/index.ts';

/** The fields of answers that tests look at; which of them are there depends on the route. */
export interface Body {
  readonly ok: boolean;
  readonly error: string;
  readonly message: string;
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly tokenType: string;
  readonly count: number;
  readonly next?: string;
  readonly entity: Entity;
  readonly entities: readonly (Entity & { readonly created: boolean; readonly index: number })[];
  readonly errors: readonly { readonly index: number; readonly statusCode: number; readonly error: string }[];
  readonly deletedEntities: readonly string[];
  readonly action: Action;
  readonly run: Run & NodeRun;
  readonly workflowRun: WorkflowRun & { readonly nodeRuns: readonly NodeRun[] };
  readonly workflowRuns: readonly WorkflowRun[];
  readonly runs: readonly Run[];
  readonly nodeRuns: readonly NodeRun[];
  readonly runLog: RunLog;
  readonly runLogs: readonly RunLog[];
  readonly integration: Webhook;
  readonly scorecard: Scorecard;
  readonly scorecards: readonly Scorecard[];
  readonly additionalData: {
    readonly credentials: { readonly clientId: string; readonly clientSecret: string };
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

export class Client {
  readonly port: LocalPort;
  #authorization = '';

  constructor(port: LocalPort) {
    this.port = port;
  }

  /** Signs in as the organization, or with these credentials. */
  async signIn(credentials?: object): Promise<void> {
    const { clientId, clientSecret } = this.port;
    const own = credentials ?? { clientId, clientSecret };
    const { body } = await this.call('POST', '/v1/auth/access_token', own);
    this.#authorization = `Bearer ${body.accessToken}`;
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(path.startsWith('http') ? path : this.port.url + path, {
      method,
      headers: {
        authorization: this.#authorization,
        'user-agent': 'test-client/1.0',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: jsonOf(text) };
  }

  /** A call whose answer must have this status; resolves to its body. */
  async ok(status: number, method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.call(method, path, body);
    assert.equal(answer.status, status, answer.text);
    return answer.body;
  }

  /** A call that must be refused like this, `422 invalid_request` for one; resolves to the message. */
  async refused(refusal: string, method: string, path: string, body?: unknown): Promise<string> {
    const answer = await this.call(method, path, body);
    assert.equal(`${answer.status} ${answer.body.error}`, refusal, answer.text);
    assert.deepEqual(Object.keys(answer.body), ['ok', 'error', 'message']);
    return answer.body.message;
  }
}

function jsonOf(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {} as Body;
  }
}

/** A fresh Port, signed in to, for each test of a suite. */
export function withPort(options: PortOptions = {}): () => Client {
  let client: Client | undefined;
  beforeEach(async () => {
    client = new Client(await startPort(options));
    await client.signIn();
  });
  afterEach(() => client?.port.close());
  return () => {
    assert(client);
    return client;
  };
}

export const service = {
  identifier: 'service',
  title: 'Service',
  schema: { properties: { tier: { type: 'number' } } },
};

export const deployment = {
  identifier: 'deployment',
  title: 'Deployment',
  schema: {
    properties: {
      jobUrl: { type: 'string', format: 'url' },
      owner: { type: 'string', format: 'email' },
      expires: { type: 'string', format: 'timer' },
      size: { type: 'string', enum: ['small', 'large'] },
      replicas: { type: 'number' },
      isLive: { type: 'boolean' },
      tags: { type: 'array', items: { type: 'string' } },
      details: { type: 'object' },
    },
    required: [],
  },
  mirrorProperties: {},
  calculationProperties: {},
  relations: {
    service: { target: 'service', required: false, many: false },
    blocks: { target: 'deployment', required: false, many: true },
  },
};

export const deployAction = {
  identifier: 'deploy_service',
  title: 'Deploy Service',
  trigger: {
    type: 'self-service',
    operation: 'CREATE',
    userInputs: {
      properties: { service: { type: 'string' }, replicas: { type: 'number' } },
      required: ['service'],
    },
  },
  invocationMethod: { type: 'KAFKA', payload: {} },
};

/** Starts a run of an action that calls nobody; its id. */
export async function startRun(client: Client, action: object = deployAction): Promise<string> {
  const { body } = await client.call('POST', '/v1/actions', action);
  const answer = await client.ok(202, 'POST', `/v1/actions/${body.action.identifier}/runs`, {
    properties: { service: 'checkout' },
  });
  return answer.run.id;
}
