import { randomUUID } from 'node:crypto';
import { identityJson } from './build-json.ts';
import { type AzureError, badRequest, found } from './errors.ts';
import { type JsonObject, isObject, strings, text } from './json.ts';
import type { Endpoint } from './model.ts';
import type { State } from './state.ts';

// What an answer never shows, by type; everything else of `authorization.parameters` comes back as it was given.
const confidential: Readonly<Record<string, readonly string[]>> = {
  incomingwebhook: ['secret'],
  'port-api': ['password'],
};

export function endpointOf(state: State, id: string): Endpoint {
  const message = `Service connection with id ${id} does not exist.`;
  return found(state.endpoints.get(id.toLowerCase()), message, 'ServiceEndpointNotFoundException');
}

type Reference = Endpoint['projectReferences'][number];

function referencesOf(state: State, body: JsonObject): Reference[] {
  const given = Array.isArray(body.serviceEndpointProjectReferences)
    ? body.serviceEndpointProjectReferences
    : [];
  return given.filter(isObject).map((reference) => {
    const project = isObject(reference.projectReference) ? reference.projectReference : {};
    if (text(project.id) !== state.project.id) {
      throw invalid('The project of a service endpoint project reference does not exist.');
    }
    return {
      projectReference: state.project,
      name: text(reference.name, text(body.name)),
      description: text(reference.description),
    };
  });
}

/** A secret that is not sent, or sent as null, stays what it was. */
function authorizationOf({ faults }: State, body: JsonObject, before?: Endpoint): Endpoint['authorization'] {
  const given = isObject(body.authorization) ? body.authorization : {};
  const kept = Object.fromEntries(
    Object.entries(before?.authorization.parameters ?? {}).filter(
      ([name]) => !faults.forgetsSecrets && confidential[before?.type ?? '']?.includes(name),
    ),
  );
  return { scheme: text(given.scheme, 'None'), parameters: { ...kept, ...strings(given.parameters) } };
}

/** @throws AzureError 400 when another connection has the name, or the webhook name */
function requireUnique(state: State, { id, name, type, authorization }: Endpoint): void {
  const others = [...state.endpoints.values()].filter((other) => other.id !== id);
  if (others.some((other) => other.name.toLowerCase() === name.toLowerCase())) {
    throw badRequest(
      `Service connection with name ${name} already exists. Only a user having Administrator/User role permissions on service connection ${name} can see it.`,
      'DuplicateServiceConnectionException',
    );
  }
  const { webhookname = '' } = authorization.parameters;
  if (type !== 'incomingwebhook') return;
  if (webhookname === '') throw invalid('The authorization parameter webhookname is required.');
  if (others.some((other) => other.authorization.parameters.webhookname === webhookname))
    throw badRequest(`A WebHook with the name ${webhookname} already exists.`, 'DuplicateWebHookException');
}

const invalid = (message: string): AzureError => badRequest(message, 'InvalidServiceEndpointException');

/** Makes, or with `before` replaces, a service connection. @throws AzureError 400 */
export function readEndpoint(state: State, body: JsonObject, before?: Endpoint): Endpoint {
  const name = text(body.name);
  const type = text(body.type);
  const projectReferences = referencesOf(state, body);
  if (name === '' || type === '')
    throw badRequest('A service connection needs a name and a type.', 'ArgumentException');
  if (projectReferences.length === 0) {
    throw invalid('ServiceEndpointProjectReferences must have at least one project.');
  }
  const endpoint: Endpoint = {
    id: before?.id ?? randomUUID(),
    name,
    type,
    url: text(body.url),
    description: text(body.description),
    owner: text(body.owner, 'library').toLowerCase(),
    authorization: authorizationOf(state, body, before),
    data: strings(body.data),
    isReady: true,
    isShared: body.isShared === true,
    isDisabled: typeof body.isDisabled === 'boolean' ? body.isDisabled : (before?.isDisabled ?? false),
    projectReferences,
  };
  requireUnique(state, endpoint);
  return endpoint;
}

/** A service connection as answers of a version show it: secrets are null, `isDisabled` came with 7.2. */
export function endpointJson(state: State, endpoint: Endpoint, version: string): JsonObject {
  const { projectReferences, authorization, isDisabled, ...rest } = endpoint;
  const parameters = Object.fromEntries(
    Object.entries(authorization.parameters).map(([name, value]) => [
      name,
      confidential[endpoint.type]?.includes(name) === true ? null : value,
    ]),
  );
  return {
    ...rest,
    ...(version.startsWith('7.2') && { isDisabled }),
    createdBy: identityJson(state),
    authorization: { scheme: authorization.scheme, parameters },
    operationStatus: { state: endpoint.isReady ? 'Ready' : 'InProgress', statusMessage: '' },
    serviceEndpointProjectReferences: projectReferences,
  };
}
