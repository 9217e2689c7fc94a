import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceEndpoint } from 'azure-devops-node-api/interfaces/ServiceEndpointInterfaces.js';
import type { Project } from '../azure/projects.ts';
import { SetupError } from '../errors.ts';
import type { LoopPipeline, Products } from '../products.ts';
import { type Finding, type Part, judged, missing, ok } from './part.ts';

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

/** The connection of that name in the project. */
export async function findConnection(products: Products, name: string): Promise<ServiceEndpoint | undefined> {
  const [azure, project] = [await products.azure(), await products.project()];
  const found = await azure.ask(`look for the service connection "${name}"`, async (api) =>
    (await api.getServiceEndpointApi()).getServiceEndpointsByNames(
      project.id,
      [name],
      undefined,
      undefined,
      undefined,
      true,
    ),
  );
  return found[0];
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

function bodyOf(
  wanted: WantedConnection,
  project: Project,
  actual: ServiceEndpoint | undefined,
): ServiceEndpoint {
  const { name, type, url, scheme, parameters, secrets } = wanted;
  const description = 'Made by port-azure-pipelines';
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
  };
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

const permissionPath = (project: Project, id: string): string =>
  `/${encodeURIComponent(project.name)}/_apis/pipelines/pipelinePermissions/endpoint/${encodeURIComponent(id)}?api-version=7.1-preview.1`;

interface Authorization {
  readonly allPipelines?: { readonly authorized?: boolean };
  readonly pipelines?: readonly { readonly id?: number; readonly authorized?: boolean }[];
}

async function lookAtPermission(products: Products, name: string, pipeline: LoopPipeline): Promise<Finding> {
  const connection = await findConnection(products, name);
  if (connection?.id === undefined) return missing('the service connection does not exist yet');
  const [azure, project, { id }] = [await products.azure(), await products.project(), await pipeline.get()];
  const does = `read who may use "${name}"`;
  const answer: Authorization = await azure.call('GET', permissionPath(project, connection.id), { does });
  if (answer.allPipelines?.authorized === true) return ok('open to all pipelines');
  return answer.pipelines?.some((each) => each.id === id && each.authorized === true) === true
    ? ok()
    : missing();
}

/** That this pipeline, and no other, may use the connection without being asked. */
export function authorizationPart(products: Products, name: string, pipeline: LoopPipeline): Part {
  return {
    id: `azure/authorization/${name}${pipeline.suffix}`,
    title: `authorization of pipeline ${pipeline.name} for ${name}`,
    look: () => lookAtPermission(products, name, pipeline),
    apply: async () => {
      const connection = await findConnection(products, name);
      if (connection?.id === undefined) throw new SetupError(`There is no service connection "${name}".`);
      const [azure, project, { id }] = [
        await products.azure(),
        await products.project(),
        await pipeline.get(),
      ];
      const body = { pipelines: [{ id, authorized: true }] };
      const does = `let the pipeline use "${name}"`;
      await azure.call('PATCH', permissionPath(project, connection.id), { does, body });
    },
  };
}
