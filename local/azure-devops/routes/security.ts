import { badRequest } from '../errors.ts';
import { type JsonObject, list, paramOf, queryOf } from '../json.ts';
import type { State } from '../state.ts';
import { type Routes, serve } from './context.ts';

// The namespace Build and its bit StopBuilds (learn.microsoft.com, organizations/security/namespace-reference).
const buildNamespace = '33344d9c-fc72-4d6f-aba5-fa317101a7e9';
const stopBuilds = 512;

/** View builds, edit build quality, queue builds, view build pipeline: what the account of jobs has anyway. */
const usual = 1 | 2 | 128 | 1024;

const descriptorOf = ({ buildIdentity: { scope }, collectionId, project }: State): string =>
  `Microsoft.TeamFoundation.ServiceIdentity;${collectionId}:Build:${scope === 'project' ? project.id : collectionId}`;

/** Nothing stands on a pipeline itself: all is inherited, and a member that is 0 is left out, as the service does. */
function entryOf({ buildIdentity }: State, descriptor: string): JsonObject {
  const effectiveAllow = usual | (buildIdentity.stopBuilds === 'allow' ? stopBuilds : 0);
  const isDenied = buildIdentity.stopBuilds === 'deny';
  const extendedInfo = { effectiveAllow, ...(isDenied && { effectiveDeny: stopBuilds }) };
  return { descriptor, allow: 0, deny: 0, extendedInfo };
}

function listsOf(state: State, namespace: string, query: Readonly<Record<string, string>>): JsonObject[] {
  const { token = '', descriptors = '', includeExtendedInfo = 'false' } = query;
  if (namespace.toLowerCase() !== buildNamespace || includeExtendedInfo.toLowerCase() !== 'true')
    throw badRequest(
      'The local Azure DevOps knows the permissions of builds only, with extended information.',
    );
  const [project = '', ...folders] = token.split('/');
  const pipeline = state.pipelines.get(Number(folders.at(-1)));
  if (project.toLowerCase() !== state.project.id || folders.length !== 1 || pipeline === undefined) return [];
  const asked = descriptors.split(',').filter((descriptor) => descriptor === descriptorOf(state));
  const acesDictionary = Object.fromEntries(
    asked.map((descriptor) => [descriptor, entryOf(state, descriptor)]),
  );
  return [{ inheritPermissions: true, token, acesDictionary, includeExtendedInfo: true }];
}

/** Who may do what with pipelines, and whom the tokens of jobs belong to. */
export function securityRoutes(routes: Routes): void {
  const { state } = routes;
  serve(
    routes,
    { resource: 'AccessControlLists', permission: 'View permissions' },
    {
      'GET /_apis/accesscontrollists/:namespace': (request) =>
        list(listsOf(state, paramOf(request, 'namespace'), queryOf(request))),
    },
  );
  serve(
    routes,
    { resource: 'GeneralSettings', permission: 'View project-level information' },
    {
      'GET build/generalsettings': () => ({
        enforceJobAuthScope: state.buildIdentity.scope === 'project',
        enforceSettableVar: true,
      }),
    },
  );
}
