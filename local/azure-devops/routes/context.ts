import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Caller, authenticate } from '../auth.ts';
import { badRequest, notFound } from '../errors.ts';
import { paramOf, queryOf } from '../json.ts';
import type { BuildQueue } from '../queue.ts';
import type { State } from '../state.ts';

export interface Routes {
  readonly app: FastifyInstance;
  readonly state: State;
  readonly queue: BuildQueue;
}

/** `api-version` from the query or the Accept header. */
function versionOf(request: FastifyRequest): string | undefined {
  const header = /api-version=([^;,\s]+)/.exec(request.headers.accept ?? '');
  return queryOf(request)['api-version'] ?? header?.[1];
}

/** Reading without a version is answered with the newest; writing is not. */
export function requireVersion(request: FastifyRequest, kind: 'released' | 'preview' = 'released'): void {
  const version = versionOf(request);
  if (version === undefined && request.method !== 'GET') {
    throw badRequest(
      `No api-version was supplied for the "${request.method}" request. The version must be supplied either as part of ` +
        'the Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").',
      'VssVersionNotSpecifiedException',
    );
  }
  if (kind === 'preview' && version !== undefined && !version.includes('-preview')) {
    throw badRequest(
      `The requested version "${version}" of the resource is under preview. The -preview flag must be supplied in the ` +
        `api-version for such requests. For example: "${version}-preview"`,
      'VssInvalidPreviewVersionException',
    );
  }
}

/** Who calls, once the call's project is known to exist. @throws AzureError 400, 401, 404 */
export function callerOf(
  state: State,
  request: FastifyRequest,
  kind: 'released' | 'preview' = 'released',
): Caller {
  const caller = authenticate(state, request);
  requireVersion(request, kind);
  const project = paramOf(request, 'project');
  if (project !== '') requireProject(state, project);
  return caller;
}

/** @throws AzureError 404 unless the text is the project's name or id */
export function requireProject(state: State, nameOrId: string): void {
  const { id, name } = state.project;
  if (nameOrId.toLowerCase() === name.toLowerCase() || nameOrId.toLowerCase() === id.toLowerCase()) return;
  throw notFound(
    `TF200016: The following project does not exist: ${nameOrId}. Verify that the name of the project is correct ` +
      'and that the project exists on the specified Azure DevOps Server.',
    'ProjectDoesNotExistWithNameException',
  );
}

export const projectScope = '/:project/_apis';
