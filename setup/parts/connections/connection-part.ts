import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceEndpoint } from 'azure-devops-node-api/interfaces/ServiceEndpointInterfaces.js';
import type { Project } from '../../azure/projects.ts';
import { SetupError } from '../../errors.ts';
import type { Products } from '../../products.ts';
import { type Part, missing } from '../part.ts';
import { otherUsersOf } from './authorization.ts';
import type { ConnectionKind, WantedConnection } from './connection-kinds.ts';
import { findConnection } from './find-connection.ts';
import { withMark, withoutMark } from './port-account.ts';

/** Tells what was made here from what a person made. */
const ownDescription = 'Made by port-azure-pipelines';

function bodyOf(
  wanted: WantedConnection,
  project: Project,
  actual: ServiceEndpoint | undefined,
): ServiceEndpoint {
  const { name, type, url, scheme, parameters, secrets, account } = wanted;
  const text = actual === undefined ? ownDescription : withoutMark(actual.description ?? '');
  const description = account === undefined ? text : withMark(text, account, parameters.username ?? '');
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

async function save(products: Products, kind: ConnectionKind): Promise<void> {
  const [azure, project] = [await products.azure(), await products.project()];
  const actual = await findConnection(products, kind.name);
  if (actual !== undefined && actual.type !== kind.type) {
    throw new SetupError(
      `The service connection "${kind.name}" is of type ${actual.type ?? 'unknown'}, which cannot be changed. Delete or rename it, and run this again.`,
    );
  }
  const wanted = await kind.wanted();
  const body = bodyOf(wanted, project, actual);
  const does = `${actual === undefined ? 'create' : 'change'} the service connection "${wanted.name}"`;
  try {
    await azure.ask(does, async (api) => {
      const endpoints = await api.getServiceEndpointApi();
      await (actual?.id === undefined
        ? endpoints.createServiceEndpoint(body)
        : endpoints.updateServiceEndpoint(body, actual.id));
    });
  } catch (error) {
    throw withoutSecrets(error, Object.values(wanted.secrets));
  }
}

/** A refusal may quote what it refuses. */
function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
  if (error instanceof Error)
    for (const secret of secrets) error.message = error.message.replaceAll(secret, '***');
  return error;
}

export function connectionPart(products: Products, kind: ConnectionKind): Part {
  const { name, noun } = kind;
  return {
    id: `azure/connection/${name}`,
    title: `service connection ${name} (${noun}) in Azure DevOps`,
    hasSecret: true,
    look: async () => {
      const actual = await findConnection(products, name);
      return actual === undefined ? missing() : kind.look(actual);
    },
    apply: async () => {
      await save(products, kind);
      await whenReady(products, name);
    },
    removal: {
      obstacle: async () => {
        const actual = await findConnection(products, name);
        if (actual?.description?.startsWith(ownDescription) !== true)
          return 'it was not made by this command';
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
