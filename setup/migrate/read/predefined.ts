/** Variables that Azure Pipelines sets, as macros write them (learn.microsoft.com, "Use predefined variables"). */
const names = `
Agent.BuildDirectory Agent.HomeDirectory Agent.Id Agent.JobName Agent.JobStatus Agent.MachineName Agent.Name Agent.OS
Agent.OSArchitecture Agent.TempDirectory Agent.ToolsDirectory Agent.WorkFolder
Build.ArtifactStagingDirectory Build.BinariesDirectory Build.BuildId Build.BuildNumber Build.BuildUri Build.ContainerId
Build.DefinitionName Build.DefinitionVersion Build.QueuedBy Build.QueuedById Build.Reason Build.Repository.Clean
Build.Repository.Id Build.Repository.ID Build.Repository.LocalPath Build.Repository.Name Build.Repository.Provider
Build.Repository.Uri Build.RequestedFor Build.RequestedForEmail Build.RequestedForId Build.SourceBranch
Build.SourceBranchName Build.SourcesDirectory Build.SourceVersion Build.SourceVersionAuthor Build.SourceVersionMessage
Build.StagingDirectory Build.TriggeredBy.BuildId Build.TriggeredBy.DefinitionName Common.TestResultsDirectory
Environment.Id Environment.Name Environment.ResourceId Environment.ResourceName Pipeline.Workspace
Release.DefinitionName Release.EnvironmentName Release.ReleaseId Release.ReleaseName Release.ReleaseWebURL
Strategy.CycleName Strategy.Name System.AccessToken System.CollectionId System.CollectionUri System.DefaultWorkingDirectory
System.DefinitionId System.JobAttempt System.JobDisplayName System.JobId System.JobName System.PhaseName
System.PlanId System.PullRequest.PullRequestId System.PullRequest.PullRequestNumber System.PullRequest.SourceBranch
System.PullRequest.TargetBranch System.StageAttempt System.StageDisplayName System.StageName
System.TaskDefinitionsUri System.TeamFoundationCollectionUri System.TeamProject System.TeamProjectId`
  .trim()
  .split(/\s+/);

/** As scripts see a variable: `Build.BuildId` is `BUILD_BUILDID`. */
export const environmentName = (variable: string): string => variable.toUpperCase().replace(/[. -]/g, '_');

const byEnvironment = new Map(names.map((name) => [environmentName(name), name]));
const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));

/** The variable behind a name in a script's environment. */
export const predefinedInEnvironment = (name: string): string | undefined =>
  byEnvironment.get(name.toUpperCase());

export const isPredefined = (name: string): boolean => byLowerCase.has(name.toLowerCase());

/** The names that scripts set with `task.setvariable`. */
export const variablesSetIn = (text: string): readonly string[] =>
  [...text.matchAll(/##vso\[task\.setvariable\s+[^\]]*variable=([\w.]+)/gi)].map(([, name = '']) => name);
