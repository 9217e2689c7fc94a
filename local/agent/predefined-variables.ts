import { arch, hostname, platform } from 'node:os';
import { guid } from './timeline.ts';
import type { JobDirectories } from './job-context.ts';
import type { RunRequest } from './types.ts';

type Values = Readonly<Record<string, string>>;

const reasons: Readonly<Record<RunRequest['reason'], string>> = {
  manual: 'Manual',
  individualCI: 'IndividualCI',
  pullRequest: 'PullRequest',
  schedule: 'Schedule',
  resourceTrigger: 'ResourceTrigger',
};

/** Variables of the run, which `${{ variables }}` and the run number know already. */
export function runVariables(request: RunRequest): Values {
  const { requestedFor, project, collectionUrl } = request;
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
    'Build.Repository.Id': guid(`${project.id}/repository`),
    'Build.Repository.Name': project.name,
    'Build.Repository.Provider': 'TfsGit',
    'Build.Repository.Uri': `${collectionUrl}${encodeURIComponent(project.name)}/_git/${encodeURIComponent(project.name)}`,
    'Build.SourceBranch': request.sourceBranch,
    'Build.SourceBranchName': request.sourceBranch.split('/').at(-1) ?? '',
    'Build.SourceVersion': request.sourceVersion,
    'Build.SourceVersionAuthor': requestedFor.displayName,
    'Build.SourceVersionMessage': request.sourceVersionMessage ?? '',
    'Resources.TriggeringAlias': request.webhook?.alias ?? '',
    'Resources.TriggeringCategory': '',
  };
}

export interface JobIdentity {
  readonly stageName: string;
  readonly stageDisplayName: string;
  readonly stageId: string;
  readonly phaseName: string;
  readonly phaseDisplayName: string;
  readonly phaseId: string;
  readonly jobName: string;
  readonly jobDisplayName: string;
  readonly jobId: string;
  /** `Deploy.Job1.__default`. */
  readonly identifier: string;
  readonly planId: string;
  readonly attempt: number;
  readonly timeoutInMinutes: number;
  readonly position: number;
  readonly count: number;
}

/** Variables of one job on the server's side. */
export const jobVariables = (job: JobIdentity): Values => ({
  'System.PlanId': job.planId,
  'System.TimelineId': job.planId,
  'System.StageName': job.stageName,
  'System.StageDisplayName': job.stageDisplayName,
  'System.StageId': job.stageId,
  'System.StageAttempt': String(job.attempt),
  'System.PhaseName': job.phaseName,
  'System.PhaseDisplayName': job.phaseDisplayName,
  'System.PhaseId': job.phaseId,
  'System.PhaseAttempt': String(job.attempt),
  'System.JobName': job.jobName,
  'System.JobDisplayName': job.jobDisplayName,
  'System.JobId': job.jobId,
  'System.JobIdentifier': job.identifier,
  'System.JobAttempt': String(job.attempt),
  'System.JobTimeout': String(job.timeoutInMinutes),
  'System.JobPositionInPhase': String(job.position),
  'System.TotalJobsInPhase': String(job.count),
  'System.JobParallelismTag': 'Private',
  'Agent.JobName': job.jobDisplayName,
});

const systems: Partial<Record<NodeJS.Platform, string>> = { win32: 'Windows_NT', darwin: 'Darwin' };

/** Variables of the agent that runs the job. */
export const agentVariables = (name: string, id: number, folders: JobDirectories): Values => ({
  'Agent.Name': name,
  'Agent.Id': String(id),
  'Agent.MachineName': hostname(),
  'Agent.OS': systems[platform()] ?? 'Linux',
  'Agent.OSArchitecture': arch().toUpperCase(),
  'Agent.Version': '4.265.1',
  'Agent.JobStatus': 'Succeeded',
  'Agent.HomeDirectory': folders.home,
  'Agent.RootDirectory': folders.work,
  'Agent.WorkFolder': folders.work,
  'Agent.BuildDirectory': folders.build,
  'Agent.TempDirectory': folders.temp,
  'Agent.ToolsDirectory': folders.tools,
  'Agent.ReadOnlyVariables': 'true',
  'System.WorkFolder': folders.work,
  'System.DefaultWorkingDirectory': folders.sources,
  'System.ArtifactsDirectory': folders.artifacts,
  'Pipeline.Workspace': folders.build,
  'Build.SourcesDirectory': folders.sources,
  'Build.Repository.LocalPath': folders.sources,
  'Build.BinariesDirectory': folders.binaries,
  'Build.ArtifactStagingDirectory': folders.artifacts,
  'Build.StagingDirectory': folders.artifacts,
  'Common.TestResultsDirectory': folders.testResults,
});
