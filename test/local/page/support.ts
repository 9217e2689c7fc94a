import { type AzureDevOpsOptions, startAzureDevOps } from '../../../local/azure-devops/index.ts';
import type { FormLoop } from '../../../local/page/forms.ts';
import { type Page, startPage } from '../../../local/page/server.ts';
import type { View } from '../../../local/page/view.ts';
import { startPort } from '../../../local/port/index.ts';
import { signInToPort } from '../../../local/port-user.ts';
import { fakeRunner, untilCancelled } from '../azure-devops/fake-runner.ts';

export interface PageLoop extends FormLoop {
  readonly page: Page;
  /** Sends a form as the page does. */
  send(id: string, values?: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly message: string;
}

export const blueprint = {
  identifier: 'service',
  title: 'Service',
  schema: { properties: { replicas: { type: 'number', title: 'Replicas' } }, required: [] },
};

const payload = { port_context: { runId: '{{ .run.id }}' } };

/** An action of `service` with an input of each kind. */
export const action = {
  identifier: 'deploy',
  title: 'Deploy',
  trigger: {
    type: 'self-service',
    operation: 'CREATE',
    blueprintIdentifier: 'service',
    userInputs: {
      properties: {
        name: { type: 'string', title: 'Name' },
        size: { type: 'string', enum: ['small', 'large'], default: 'large' },
        count: { type: 'number', default: 3 },
        isFast: { type: 'boolean', default: true },
        tags: { type: 'array', items: { type: 'string' } },
      },
      required: ['name'],
      order: ['size', 'name'],
    },
  },
  invocationMethod: { type: 'AZURE_DEVOPS', org: 'my-org', webhook: 'portDeploy', payload },
};

export const scale = {
  ...{ ...action, identifier: 'scale', title: 'Scale' },
  trigger: { ...action.trigger, operation: 'DAY-2', userInputs: { properties: {}, required: [] } },
};

/** A page over a Port with a blueprint and two actions, and an Azure DevOps whose pipelines run until they are cancelled. */
export async function startPageLoop(options: Partial<AzureDevOpsOptions> = {}): Promise<PageLoop> {
  const azureDevOps = await startAzureDevOps({
    runner: fakeRunner(untilCancelled),
    triggers: () => [{ alias: 'port', connection: 'port-webhook', filters: [] }],
    ...options,
  });
  const port = await startPort({ azureDevOpsUrl: azureDevOps.url });
  const user = await signInToPort(port);
  const parameters = { webhookname: 'portDeploy', secret: port.clientSecret, header: 'x-port-signature' };
  azureDevOps.createServiceConnection({ name: 'port-webhook', type: 'incomingwebhook', parameters });
  const file = { file: '/pipelines/deploy.yml', repositoryDirectory: '/pipelines' };
  azureDevOps.createPipeline({ name: 'deploy.yml', ...file, hasRunOnce: true });
  await user.call('POST', '/v1/blueprints', blueprint);
  for (const each of [action, scale]) await user.call('POST', '/v1/actions', each);
  const page = await startPage({ port, azureDevOps, user });
  return {
    ...{ port, azureDevOps, user, page },
    async send(id, values = {}, headers = {}) {
      const answer = await fetch(`${page.url}/forms`, {
        method: 'POST',
        headers: { origin: page.url, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ id, values }),
      });
      return { status: answer.status, message: ((await answer.json()) as Answer).message };
    },
    async close() {
      await page.close();
      await azureDevOps.close();
      await port.close();
    },
  };
}

/** The views that the page is sent, each as soon as it comes. */
export async function* viewsOf({ url }: Page): AsyncGenerator<View> {
  const { body } = await fetch(`${url}/events`);
  let text = '';
  for await (const part of body ?? []) {
    const events = (text + Buffer.from(part).toString()).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) yield JSON.parse(event.replace(/^data: /, '')) as View;
  }
}
