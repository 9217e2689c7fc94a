import { requireMember } from '../auth.ts';
import { identityJson, projectJson } from '../build-json.ts';
import { type JsonObject, list, paramOf } from '../json.ts';
import { type Routes, callerOf, requireProject } from './context.ts';

type Location = readonly [id: string, resource: string, template: string, version: number];

// Clients ask `OPTIONS _apis/{area}` where a resource is; the ids are those of Microsoft's own clients.
const locations: Readonly<Record<string, readonly Location[]>> = {
  location: [
    ['e81700f7-3be2-46de-8624-2eb35882fcaa', 'ResourceAreas', '_apis/{resource}/{areaId}', 1],
    ['00d9565f-ed9c-4a06-9a50-00e7896ccab4', 'ConnectionData', '_apis/{resource}', 1],
  ],
  core: [['603fe2ac-9723-48b9-88ad-09305aa6c6e1', 'projects', '_apis/{resource}/{*projectId}', 4]],
  build: [
    ['0cd358e1-9217-4d94-8269-1c1ee6f93dcf', 'builds', '{project}/_apis/{area}/{resource}/{buildId}', 7],
    [
      'dbeaf647-6167-421a-bda9-c9327b25e2e6',
      'definitions',
      '{project}/_apis/{area}/{resource}/{definitionId}',
      7,
    ],
  ],
  serviceendpoint: [
    ['14e48fdc-2c8b-41ce-a0c3-e26f6cc55bd0', 'endpoints', '_apis/{area}/{resource}/{endpointId}', 4],
    [
      'e85f1c62-adfc-4b74-b618-11a150fb195e',
      'endpoints',
      '{project}/_apis/{area}/{resource}/{endpointId}',
      4,
    ],
  ],
};

const locationJson = (
  area: string,
  [id, resourceName, routeTemplate, resourceVersion]: Location,
): JsonObject => ({
  id,
  area,
  resourceName,
  routeTemplate,
  resourceVersion,
  minVersion: '1.0',
  maxVersion: '7.2',
  releasedVersion: '7.1',
});

function projectRoutes({ app, state }: Routes): void {
  app.get('/_apis/projects', (request) => {
    requireMember(callerOf(state, request), 'Projects', 'View project-level information');
    return list([projectJson(state)]);
  });
  app.get('/_apis/projects/:name', (request) => {
    requireMember(callerOf(state, request), 'Projects', 'View project-level information');
    requireProject(state, paramOf(request, 'name'));
    return projectJson(state);
  });
}

export function coreRoutes(routes: Routes): void {
  const { app, state } = routes;
  projectRoutes(routes);
  app.get('/_apis/connectionData', (request) => {
    callerOf(state, request);
    const user = { ...identityJson(state), providerDisplayName: state.requestedFor.displayName };
    return {
      authenticatedUser: user,
      authorizedUser: user,
      instanceId: state.collectionId,
      deploymentType: 'hosted',
    };
  });
  // An empty list says: every area is at this address, as a server on premises has it.
  app.get('/_apis/resourceAreas', (request) => {
    callerOf(state, request);
    return { count: 0, value: null };
  });
  app.options('/_apis', (request) => {
    callerOf(state, request);
    return list(
      Object.entries(locations).flatMap(([area, all]) => all.map((each) => locationJson(area, each))),
    );
  });
  app.options('/_apis/:area', (request) => {
    const area = paramOf(request, 'area');
    return list((locations[area.toLowerCase()] ?? []).map((each) => locationJson(area, each)));
  });
}
