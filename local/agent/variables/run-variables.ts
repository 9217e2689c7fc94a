import type { RunRequest } from '../types.ts';
import { guid } from './guid.ts';

export type Values = Readonly<Record<string, string>>;

const reasons: Readonly<Record<RunRequest['reason'], string>> = {
  manual: 'Manual',
  individualCI: 'IndividualCI',
  pullRequest: 'PullRequest',
  schedule: 'Schedule',
  resourceTrigger: 'ResourceTrigger',
};

/** Variables of the run, which `${{ variables }}` and the run number know already. */
export function runVariables(request: RunRequest): Values {
  const { requestedFor, project, repository, collectionUrl } = request;
  return {
    system: 'build',
    'System.HostType': 'build',
    'System.ServerType': 'Hosted',
    'System.Culture': 'en-US',
    'System.CollectionId': guid(collectionUrl),
    'System.CollectionUri': collectionUrl,
    'System.TeamFoundationCollectionUri': collectionUrl,
    'System.TeamFoundationServerUri': collectionUrl,
    'System.TaskDefinitionsUri': collectionUrl,
    'System.TeamProject': project.name,
    'System.TeamProjectId': project.id,
    'System.DefinitionId': String(request.definitionId),
    'System.DefinitionName': request.definitionName,
    'System.IsScheduled': request.reason === 'schedule' ? 'True' : 'False',
    'Build.BuildId': String(request.buildId),
    'Build.BuildUri': `vstfs:///Build/Build/${request.buildId}`,
    'Build.DefinitionName': request.definitionName,
    'Build.DefinitionVersion': '1',
    'Build.Reason': reasons[request.reason],
    'Build.QueuedBy': requestedFor.displayName,
    'Build.QueuedById': requestedFor.id,
    'Build.RequestedFor': requestedFor.displayName,
    'Build.RequestedForId': requestedFor.id,
    'Build.RequestedForEmail': requestedFor.uniqueName,
    'Build.Repository.Id': repository.id,
    'Build.Repository.Name': repository.name,
    'Build.Repository.Provider': repository.type,
    'Build.Repository.Uri': repository.url,
    'Build.SourceBranch': request.sourceBranch,
    'Build.SourceBranchName': request.sourceBranch.split('/').at(-1) ?? '',
    'Build.SourceVersion': request.sourceVersion,
    'Build.SourceVersionAuthor': requestedFor.displayName,
    'Build.SourceVersionMessage': request.sourceVersionMessage,
    'Resources.TriggeringAlias': request.webhook?.alias ?? '',
    'Resources.TriggeringCategory': '',
  };
}
