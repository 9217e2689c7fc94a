import type { FastifyRequest } from 'fastify';
import { AzureError, accessDenied, pipelineDenied } from './errors.ts';
import { type State, buildIdentityName } from './state.ts';

/** Who calls: someone with all rights, someone with none, or a job of one build. */
export type Caller =
  | { readonly kind: 'member' }
  | { readonly kind: 'powerless' }
  | { readonly kind: 'job'; readonly buildId: number };

/** A right, as an access check names it, and whether a job's token has it too. */
export interface Access {
  readonly resource: string;
  readonly permission: string;
  /** `any`: in the whole project. `own`: for its own build. `stop`: for its own build, where the build identity may. */
  readonly jobs?: 'any' | 'own' | 'stop';
  /** The interface is in preview: a version without `-preview` is refused. */
  readonly isPreview?: boolean;
}

/** The password of Basic credentials (any user name), or the Bearer token. */
function tokenOf(header: string | undefined): { token: string; scheme: 'basic' | 'bearer' } | undefined {
  const match = /^(Basic|Bearer)\s+(.+)$/i.exec(header ?? '');
  const [, scheme, value] = match ?? [];
  if (scheme === undefined || value === undefined) return undefined;
  if (scheme.toLowerCase() === 'bearer') return { token: value, scheme: 'bearer' };
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  return { token: decoded.slice(decoded.indexOf(':') + 1), scheme: 'basic' };
}

/** @throws AzureError 401 for credentials that nobody has */
export function authenticate(state: State, request: FastifyRequest): Caller {
  const given = tokenOf(request.headers.authorization);
  if (given !== undefined) {
    const buildId = state.jobTokens.get(given.token);
    if (buildId !== undefined) return { kind: 'job', buildId };
    if (given.token === state.options.tokenWithoutRights) return { kind: 'powerless' };
    if (given.scheme === 'basic' && given.token === state.personalAccessToken) return { kind: 'member' };
    if (given.scheme === 'bearer' && given.token === state.options.entraToken) return { kind: 'member' };
  }
  const message =
    given !== undefined && given.token === state.options.expiredToken
      ? 'Access Denied: The Personal Access Token used has expired.'
      : 'TF400813: The user is not authorized to access this resource.';
  throw new AzureError(401, 'UnauthorizedRequestException', message);
}

/** @throws AzureError 403 for a caller without the right; `buildId` is the build that the call is about */
export function requireAccess(state: State, caller: Caller, access: Access, buildId: number): void {
  if (caller.kind === 'member') return;
  const { jobToken = 'read' } = state.options;
  const isDenied = jobToken === 'denied' || state.faults.deniedToJobs.has(access.resource);
  const isGranted = !isDenied && (access.jobs !== 'stop' || state.buildIdentity.stopBuilds === 'allow');
  const isForJobs = access.jobs !== undefined && isGranted && caller.kind === 'job';
  if (isForJobs && (access.jobs === 'any' || caller.buildId === buildId)) return;
  throw refusal(state, caller, access, buildId);
}

/** Builds are stopped by a permission of their pipeline; whoever lacks it is told in the words of the build service. */
function refusal(state: State, caller: Caller, access: Access, buildId: number): AzureError {
  const pipeline = state.builds.get(buildId)?.pipeline;
  if (access.jobs !== 'stop' || pipeline === undefined)
    return accessDenied(access.resource, access.permission);
  const who = caller.kind === 'job' ? buildIdentityName(state) : state.requestedFor.displayName;
  const where = `${pipeline.id}:${pipeline.name} in team project ${state.project.name}`;
  return pipelineDenied(who, access.permission, where);
}
