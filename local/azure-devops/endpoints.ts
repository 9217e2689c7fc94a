import { randomUUID } from 'node:crypto';
import { identityJson } from './build-json.ts';
import { badRequest, notFound } from './errors.ts';
import { type JsonObject, isObject, strings, text } from './json.ts';
import type { Endpoint } from './model.ts';
import type { State } from './state.ts';

// What an answer never shows, by type; everything else of `authorization.parameters` comes back as it was given.
const confidential: Readonly<Record<string, readonly string[]>> = {
  incomingwebhook: ['secret'],
  'port-api': ['password'],
};

export function endpointOf(state: State, id: string): Endpoint {
  const endpoint = state.endpoints.get(id.toLowerCase());
  if (endpoint === undefined) {
    throw notFound(`Service connection with id ${id} does not exist.`, 'ServiceEndpointNotFoundException');
  }
  return endpoint;
}

type Reference = Endpoint['projectReferences'][number];

function referencesOf(state: State, body: JsonObject): Reference[] {
  const given = Array.isArray(body.serviceEndpointProjectReferences)
    ? body.serviceEndpointProjectReferences
    : [];
  return given.filter(isObject).map((reference) => {
    const project = isObject(reference.projectReference) ? reference.projectReference : {};
    if (text(project.id) !== state.project.id) {
      throw badRequest(
        'The project of a service endpoint project reference does not exist.',
        'InvalidServiceEndpointException',
      );
    }
    return {
      projectReference: state.project,
      name: text(reference.name, text(body.name)),
      description: text(reference.description),
    };
  });
}

/** A secret that is not sent, or sent as null, stays what it was. */
function authorizationOf(body: JsonObject, before?: Endpoint): Endpoint['authorization'] {
  const given = isObject(body.authorization) ? body.authorization : {};
  const kept = Object.fromEntries(
    Object.entries(before?.authorization.parameters ?? {}).filter(([name]) =>
      confidential[before?.type ?? '']?.includes(name),
    ),
  );
  return { scheme: text(given.scheme, 'None'), parameters: { ...kept, ...strings(given.parameters) } };
}

function requireUniqueName(state: State, name: string, id: string): void {
  const isTaken = [...state.endpoints.values()].some(
    (other) => other.id !== id && other.name.toLowerCase() === name.toLowerCase(),
  );
  if (isTaken) {
    throw badRequest(
      `Service connection with name ${name} already exists. Only a user having Administrator/User role permissions on service connection ${name} can see it.`,
      'DuplicateServiceConnectionException',
    );
  }
}

function requireUniqueWebhook(state: State, endpoint: Endpoint): void {
  const name = endpoint.authorization.parameters.webhookname;
  if (endpoint.type !== 'incomingwebhook') return;
  if (name === undefined || name === '') {
    throw badRequest(
      'The authorization parameter webhookname is required.',
      'InvalidServiceEndpointException',
    );
  }
  const isTaken = [...state.endpoints.values()].some(
    (other) => other.id !== endpoint.id && other.authorization.parameters.webhookname === name,
  );
  if (isTaken)
    throw badRequest(`A WebHook with the name ${name} already exists.`, 'DuplicateWebHookException');
}

/** Makes, or with `before` replaces, a service connection. @throws AzureError 400 */
export function readEndpoint(state: State, body: JsonObject, before?: Endpoint): Endpoint {
  const name = text(body.name);
  const type = text(body.type);
  const projectReferences = referencesOf(state, body);
  if (name === '' || type === '')
    throw badRequest('A service connection needs a name and a type.', 'ArgumentException');
  if (projectReferences.length === 0) {
    throw badRequest(
      'ServiceEndpointProjectReferences must have at least one project.',
      'InvalidServiceEndpointException',
    );
  }
  const endpoint: Endpoint = {
    id: before?.id ?? randomUUID(),
    name,
    type,
    url: text(body.url),
    description: text(body.description),
    owner: text(body.owner, 'library').toLowerCase(),
    authorization: authorizationOf(body, before),
    data: strings(body.data),
    isReady: true,
    isShared: body.isShared === true,
    projectReferences,
  };
  requireUniqueName(state, name, endpoint.id);
  requireUniqueWebhook(state, endpoint);
  return endpoint;
}

/** A service connection as answers show it: secrets are null. */
export function endpointJson(state: State, endpoint: Endpoint): JsonObject {
  const { projectReferences, authorization, ...rest } = endpoint;
  const parameters = Object.fromEntries(
    Object.entries(authorization.parameters).map(([name, value]) => [
      name,
      confidential[endpoint.type]?.includes(name) === true ? null : value,
    ]),
  );
  return {
    ...rest,
    createdBy: identityJson(state),
    authorization: { scheme: authorization.scheme, parameters },
    operationStatus: { state: endpoint.isReady ? 'Ready' : 'InProgress', statusMessage: '' },
    serviceEndpointProjectReferences: projectReferences,
  };
}
