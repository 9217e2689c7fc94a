import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceEndpoint } from 'azure-devops-node-api/interfaces/ServiceEndpointInterfaces.js';
import type { Project } from '../azure/projects.ts';
import { SetupError } from '../errors.ts';
import type { Products } from '../products.ts';
import { otherUsersOf } from './authorization.ts';
import { findConnection } from './find-connection.ts';
import { type Part, judged, missing } from './part.ts';

/** A service connection as it is to be. Of its secrets Azure DevOps shows nothing. */
export interface WantedConnection {
  readonly name: string;
  readonly type: 'incomingwebhook' | 'port-api';
  readonly url: string;
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** The connection that Port's calls come in by. Port signs them with the client secret of the organization. */
export async function incomingWebhook(products: Products): Promise<WantedConnection> {
  const { name, connection } = products.config.webhook;
  const { clientSecret } = (await products.port()).connection;
  return {
    name: connection,
    type: 'incomingwebhook',
    url: 'https://dev.azure.com',
    scheme: 'None',
    parameters: { webhookname: name, header: 'x-port-signature' },
    secrets: { secret: clientSecret },
  };
}

/** The connection that the tasks of this extension use. */
export async function portApi(products: Products, name: string): Promise<WantedConnection> {
  const { apiUrl, clientId, clientSecret } = (await products.port()).connection;
  return {
    name,
    type: 'port-api',
    url: apiUrl,
    scheme: 'UsernamePassword',
    parameters: { username: clientId },
    secrets: { password: clientSecret },
  };
}

const withoutSlash = (url: string | undefined): string => (url ?? '').replace(/\/+$/, '').toLowerCase();

function faultsOf(wanted: WantedConnection, actual: ServiceEndpoint): string[] {
  const faults: string[] = [];
  if (actual.type !== wanted.type) faults.push(`its type is ${actual.type ?? 'unknown'}, not ${wanted.type}`);
  // Nothing ever calls the URL of an incoming webhook's connection.
  if (wanted.type === 'port-api' && withoutSlash(actual.url) !== withoutSlash(wanted.url)) {
    faults.push(`its URL is ${actual.url ?? 'missing'}, not ${wanted.url}`);
  }
  for (const [name, value] of Object.entries(wanted.parameters)) {
    const given = actual.authorization?.parameters?.[name];
    if (given !== value)
      faults.push(`${name} is ${given === undefined ? 'missing' : `"${given}"`}, not "${value}"`);
  }
  if (actual.isReady === false) faults.push('it is not ready');
  if (actual.isDisabled === true)
    faults.push('it is disabled: by hand, or by Azure DevOps after 100 days without use');
  return faults;
}

/** Tells what was made here from what a person made. */
const ownDescription = 'Made by port-azure-pipelines';

function bodyOf(
  wanted: WantedConnection,
  project: Project,
  actual: ServiceEndpoint | undefined,
): ServiceEndpoint {
  const { name, type, url, scheme, parameters, secrets } = wanted;
  const description = actual === undefined ? ownDescription : (actual.description ?? '');
  return {
    ...(actual?.id !== undefined && { id: actual.id }),
    name,
    type,
    url,
    description,
    owner: 'library',
    data: actual?.data ?? {},
    isShared: actual?.isShared ?? false,
    isReady: true,
    ...(actual?.isDisabled !== undefined && { isDisabled: false }),
    authorization: { scheme, parameters: { ...parameters, ...secrets } },
    serviceEndpointProjectReferences: [{ projectReference: project, name, description }],
  };
}

async function save(products: Products, wanted: WantedConnection): Promise<void> {
  const [azure, project] = [await products.azure(), await products.project()];
  const actual = await findConnection(products, wanted.name);
  if (actual !== undefined && actual.type !== wanted.type) {
    throw new SetupError(
      `The service connection "${wanted.name}" is of type ${actual.type ?? 'unknown'}, which cannot be changed. Delete or rename it, and run this again.`,
    );
  }
  const body = bodyOf(wanted, project, actual);
  await azure.ask(
    `${actual === undefined ? 'create' : 'change'} the service connection "${wanted.name}"`,
    async (api) => {
      const endpoints = await api.getServiceEndpointApi();
      await (actual?.id === undefined
        ? endpoints.createServiceEndpoint(body)
        : endpoints.updateServiceEndpoint(body, actual.id));
    },
  );
}

export function connectionPart(
  products: Products,
  { name, kind }: { name: string; kind: WantedConnection['type'] },
): Part {
  const wanted = (): Promise<WantedConnection> =>
    kind === 'incomingwebhook' ? incomingWebhook(products) : portApi(products, name);
  return {
    id: `azure/connection/${name}`,
    title: `service connection ${name} (${kind === 'incomingwebhook' ? 'incoming webhook' : 'Port'}) in Azure DevOps`,
    hasSecret: true,
    look: async () => {
      const actual = await findConnection(products, name);
      return actual === undefined ? missing() : judged(faultsOf(await wanted(), actual));
    },
    apply: async () => {
      await save(products, await wanted());
      await whenReady(products, name);
    },
    removal: {
      obstacle: async () => {
        const actual = await findConnection(products, name);
        if (actual?.description !== ownDescription) return 'it was not made by this command';
        const others = await otherUsersOf(products, name);
        return others.length === 0 ? undefined : `other pipelines may use it: ${others.join(', ')}`;
      },
      run: () => removeConnection(products, name),
    },
  };
}

async function removeConnection(products: Products, name: string): Promise<void> {
  const [azure, project] = [await products.azure(), await products.project()];
  const actual = await findConnection(products, name);
  const path = `/_apis/serviceendpoint/endpoints/${encodeURIComponent(actual?.id ?? '')}?projectIds=${project.id}&api-version=7.1`;
  await azure.call('DELETE', path, { does: `delete the service connection "${name}"` });
}

const pollEvery = 500;
const pollTimes = 30;

/** Azure DevOps makes a connection at once and has it ready a little later. Whether it is, the look after this says. */
async function whenReady(products: Products, name: string): Promise<void> {
  for (let tries = 0; tries < pollTimes; tries++) {
    if ((await findConnection(products, name))?.isReady !== false) return;
    await sleep(pollEvery);
  }
}
