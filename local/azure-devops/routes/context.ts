import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Access, authenticate, requireAccess } from '../auth.ts';
import { badRequest, notFound } from '../errors.ts';
import { type JsonObject, list, paramOf, queryOf } from '../json.ts';
import type { BuildQueue } from '../queue.ts';
import type { State } from '../state.ts';

export interface Routes {
  readonly app: FastifyInstance;
  readonly state: State;
  readonly queue: BuildQueue;
}

/** Answers by `METHOD path`. A path without a leading slash belongs to a project: `GET build/builds/:id`. */
export type RouteTable = Readonly<Record<string, (request: FastifyRequest, reply: FastifyReply) => unknown>>;

/** `api-version` from the query or the Accept header; empty when the caller names none. */
export function versionOf(request: FastifyRequest): string {
  const header = /api-version=([^;,\s]+)/.exec(request.headers.accept ?? '');
  return queryOf(request)['api-version'] ?? header?.[1] ?? '';
}

const orderOf = (version: string): number => {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part));
  return major * 1000 + minor;
};

/** Newer servers have the newest version in preview; older ones have released theirs. */
export const versionsOf = ({ options: { newestVersion } }: State) => ({
  minVersion: '1.0',
  maxVersion: newestVersion ?? '7.2',
  releasedVersion: newestVersion ?? '7.1',
});

/** Reading without a version is answered with the newest; writing is not. @throws AzureError 400 */
export function requireVersion(state: State, request: FastifyRequest, isPreview = false): void {
  const version = versionOf(request);
  const { maxVersion } = versionsOf(state);
  if (orderOf(version) > orderOf(maxVersion)) {
    throw badRequest(
      `The requested REST API version of ${version.replace(/-.*/, '')} is out of range for this server. The latest REST API ` +
        `version this server supports is ${maxVersion}.`,
      'VssVersionOutOfRangeException',
    );
  }
  if (version === '' && request.method !== 'GET') {
    throw badRequest(
      `No api-version was supplied for the "${request.method}" request. The version must be supplied either as part of ` +
        'the Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").',
      'VssVersionNotSpecifiedException',
    );
  }
  if (isPreview && version !== '' && !version.includes('-preview')) {
    throw badRequest(
      `The requested version "${version}" of the resource is under preview. The -preview flag must be supplied in the ` +
        `api-version for such requests. For example: "${version}-preview"`,
      'VssInvalidPreviewVersionException',
    );
  }
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

/** Serves a table. Without an access, whoever is signed in may ask. */
export function serve({ app, state }: Routes, access: Access | undefined, table: RouteTable): void {
  for (const [route, answer] of Object.entries(table)) {
    const [method = '', path = ''] = route.split(' ');
    const url = path.startsWith('/') ? path : `/:project/_apis/${path}`;
    app.route({
      method,
      url,
      handler: (request, reply) => {
        const caller = authenticate(state, request);
        requireVersion(state, request, access?.isPreview);
        if (path !== url) requireProject(state, paramOf(request, 'project'));
        if (access !== undefined) requireAccess(state, caller, access, Number(paramOf(request, 'id')));
        return answer(request, reply);
      },
    });
  }
}

/** A page of a list, as `$top` (`usual` without it) and `continuationToken` ask for it; the next one's is in a header. */
export function page(
  request: FastifyRequest,
  reply: FastifyReply,
  all: readonly unknown[],
  usual = 1000,
): JsonObject {
  const { $top = usual, continuationToken = '0' } = queryOf(request);
  const end = Number(continuationToken) + Number($top);
  if (end < all.length) void reply.header('x-ms-continuationtoken', String(end));
  return list(all.slice(Number(continuationToken), end));
}
