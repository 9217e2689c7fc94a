import { authenticate } from '../auth.ts';
import { identityJson, projectJson } from '../build-json.ts';
import { list, paramOf } from '../json.ts';
import { type Routes, requireProject, serve, versionsOf } from './context.ts';

// Clients ask `OPTIONS _apis/{area}` where a resource is. The ids are those of Microsoft's own clients; the last column
// is the resource's version, which a client appends to a preview version.
const locations = `
location e81700f7-3be2-46de-8624-2eb35882fcaa ResourceAreas _apis/{resource}/{areaId} 1
location 00d9565f-ed9c-4a06-9a50-00e7896ccab4 ConnectionData _apis/{resource} 1
core 603fe2ac-9723-48b9-88ad-09305aa6c6e1 projects _apis/{resource}/{*projectId} 4
build 0cd358e1-9217-4d94-8269-1c1ee6f93dcf Builds {project}/_apis/{area}/{resource}/{buildId} 7
build dbeaf647-6167-421a-bda9-c9327b25e2e6 Definitions {project}/_apis/{area}/{resource}/{definitionId} 7
build 8baac422-4c6e-4de5-8532-db96d92acffa Timeline {project}/_apis/{area}/builds/{buildId}/{resource}/{timelineId} 3
build 35a80daf-7f30-45fc-86e8-6b813d9c90df logs {project}/_apis/{area}/builds/{buildId}/{resource}/{logId} 2
build 54572c7b-bbd3-45d4-80dc-28be08941620 changes {project}/_apis/{area}/builds/{buildId}/{resource} 2
build f10f0ea5-18a1-43ec-a8fb-2042c7be9b43 changes {project}/_apis/{area}/{resource} 2
build 5a21f5d2-5642-47e4-a0bd-1356e6731bee workitems {project}/_apis/{area}/builds/{buildId}/{resource} 2
build 52ba8915-5518-42e3-a4bb-b0182d159e2d workitems {project}/_apis/{area}/{resource} 2
build 6e6114b2-8161-44c8-8f6c-c5505782427f tags {project}/_apis/{area}/builds/{buildId}/{resource}/{*tag} 3
build c4aefd19-30ff-405b-80ad-aca021e7242a GeneralSettings {project}/_apis/{area}/{resource} 1
pipelines 28e1305e-2afe-47bf-abaf-cbb0e6a91988 pipelines {project}/_apis/{resource}/{pipelineId} 1
pipelines 7859261e-d2e9-4a68-b820-a5d84cc5bb3d runs {project}/_apis/pipelines/{pipelineId}/{resource}/{runId} 1
pipelines 53df2d18-29ea-46a9-bee0-933540f80abf preview {project}/_apis/pipelines/{pipelineId}/{resource} 1
pipelinesapproval 37794717-f36f-4d78-b2bf-4dc30d0cfbcd approvals {project}/_apis/pipelines/{resource}/{approvalId} 1
pipelineschecks 86c8381e-5aee-4cde-8ae4-25c0c7f5eaea configurations {project}/_apis/pipelines/checks/{resource}/{id} 1
distributedtask 8572b1fc-2482-47fa-8f74-7e3ed53ee54b environments {project}/_apis/{area}/{resource}/{environmentId} 1
git b3a6eebe-9cf0-49ea-b6cb-1a4c5f5007b0 pullRequestQuery {project}/_apis/{area}/repositories/{repositoryId}/{resource} 1
wit 72c7ddf8-2cdc-4f60-90cd-ab71c14a399b workItems {project}/_apis/{area}/{resource}/{id} 3
wit 908509b6-4248-4475-a1cd-829139ba419f workItemsBatch {project}/_apis/{area}/{resource} 1
security 18a2ad18-7571-46ae-bec7-0c7da1495885 AccessControlLists _apis/{resource}/{securityNamespaceId} 1
serviceendpoint 14e48fdc-2c8b-41ce-a0c3-e26f6cc55bd0 endpoints _apis/{area}/{resource}/{endpointId} 4
serviceendpoint e85f1c62-adfc-4b74-b618-11a150fb195e endpoints {project}/_apis/{area}/{resource}/{endpointId} 4
hooks 1e83a210-5b53-43bc-90f0-d476a4e5d731 publishers _apis/{area}/{resource} 1
hooks db4777cd-8e08-4a84-8ba3-c974ea033718 eventTypes _apis/{area}/publishers/{publisherId}/{resource}/{eventTypeId} 1
hooks d815d352-a566-4dc1-a3e3-fd245acf688c inputValuesQuery _apis/{area}/publishers/{publisherId}/{resource} 1
hooks 4301c514-5f34-4f5d-a145-f0ea7b5b7d19 consumers _apis/{area}/{resource} 1
hooks fc50d02a-849f-41fb-8af1-0a5216103269 subscriptions _apis/{area}/{resource}/{subscriptionId} 1
hooks c7c3c1cf-9e05-4c0d-a425-a0f922c2c6ed subscriptionsQuery _apis/{area}/{resource} 1
hooks 0c62d343-21b0-4732-997b-017fde84dc28 notifications _apis/{area}/subscriptions/{subscriptionId}/{resource}/{notificationId} 1
hooks 1139462c-7e27-4524-a997-31b9b73551fe testNotifications _apis/{area}/{resource} 1
`;

const locationJson = (line: string) => {
  const [area = '', id, resourceName, routeTemplate, resourceVersion] = line.split(' ');
  return { id, area, resourceName, routeTemplate, resourceVersion: Number(resourceVersion) };
};

/** Projects, who is signed in, and where everything is. */
export function coreRoutes(routes: Routes): void {
  const { app, state } = routes;
  const served = locations
    .trim()
    .split('\n')
    .map((line) => ({ ...locationJson(line), ...versionsOf(state) }));
  serve(
    routes,
    { resource: 'Projects', permission: 'View project-level information' },
    {
      'GET /_apis/projects': () => list([projectJson(state)]),
      'GET /_apis/projects/:name': (request) => {
        requireProject(state, paramOf(request, 'name'));
        return projectJson(state);
      },
    },
  );
  serve(routes, undefined, {
    'GET /_apis/connectionData': () => {
      const account = { $type: 'System.String', $value: state.requestedFor.uniqueName };
      const user = {
        ...identityJson(state),
        providerDisplayName: state.requestedFor.displayName,
        properties: { Account: account },
      };
      const instanceId = state.collectionId;
      return { authenticatedUser: user, authorizedUser: user, instanceId, deploymentType: 'hosted' };
    },
    // An empty list says: every area is at this address, as a server on premises has it.
    'GET /_apis/resourceAreas': () => ({ count: 0, value: null }),
  });
  app.options('/_apis', (request) => {
    authenticate(state, request);
    return list(served);
  });
  app.options('/_apis/:area', (request) =>
    list(served.filter(({ area }) => area === paramOf(request, 'area').toLowerCase())),
  );
}
