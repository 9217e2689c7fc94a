import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BuildRunner } from '../../../local/agent/types.ts';
import {
  type AzureDevOpsOptions,
  type LocalAzureDevOps,
  startAzureDevOps,
} from '../../../local/azure-devops/index.ts';
import { fakeRunner } from './fake-runner.ts';

const closers: (() => Promise<void>)[] = [];

/** Ends every server that the test started. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

export async function start(
  runner: BuildRunner = fakeRunner(),
  options: Partial<AzureDevOpsOptions> = {},
): Promise<LocalAzureDevOps> {
  const ado = await startAzureDevOps({
    runner,
    triggers: () => [{ alias: 'port', connection: 'port-webhook', filters: [] }],
    personalAccessToken: 'pat',
    deliveryDelays: [1, 1],
    ...options,
  });
  closers.push(() => ado.close());
  return ado;
}

export const basic = (password: string): string => `Basic ${Buffer.from(`:${password}`).toString('base64')}`;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly text: string;
}

/** Calls the organization: `call(ado, 'GET', '/_apis/projects')`. The version is 7.1-preview.1 unless the path has one. */
export async function call(
  ado: LocalAzureDevOps,
  method: string,
  path: string,
  options: {
    readonly body?: unknown;
    readonly authorization?: string | null;
    readonly headers?: Record<string, string>;
  } = {},
): Promise<Answer> {
  const versioned = path.includes('api-version')
    ? path
    : `${path}${path.includes('?') ? '&' : '?'}api-version=7.1-preview.1`;
  const headers = new Headers(options.headers);
  if (options.authorization !== null) headers.set('authorization', options.authorization ?? basic('pat'));
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  const response = await fetch(ado.organizationUrl + versioned, {
    method,
    headers,
    ...(options.body !== undefined && {
      body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body),
    }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  return { status: response.status, text, body: isJson ? (JSON.parse(text) as unknown) : undefined };
}

export interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** A receiver of web hooks that answers with the given statuses in turn, and with the last one from then on. */
export async function startReceiver(
  statuses: readonly number[] = [200],
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({
        headers: request.headers,
        body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown,
      });
      response.statusCode = statuses[Math.min(received.length, statuses.length) - 1] ?? 200;
      response.end('seen');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

export const file = { file: '/pipelines/deploy.yml', repositoryDirectory: '/pipelines' };

/** The incoming webhook as the guides have it made. */
export const incomingWebhook = {
  name: 'port-webhook',
  type: 'incomingwebhook',
  parameters: { webhookname: 'portDeploy', secret: 'port-secret', header: 'x-port-signature' },
};

/** The body of a subscription to the end of builds. */
export const subscription = (url: string, over: Record<string, unknown> = {}): Record<string, unknown> => ({
  publisherId: 'tfs',
  eventType: 'build.complete',
  resourceVersion: '2.0',
  consumerId: 'webHooks',
  consumerActionId: 'httpRequest',
  publisherInputs: {},
  consumerInputs: {
    url,
    resourceDetailsToSend: 'all',
    messagesToSend: 'all',
    detailedMessagesToSend: 'none',
  },
  ...over,
});
