import type { Host } from './host.ts';

/** What the agent tells of the pipeline run that the step is part of. */
export interface PipelineContext {
  /** The run's page (of a classic release: the release's page); undefined outside a pipeline. */
  readonly url: string | undefined;
  /** `ado_{projectId}_{definitionId}_{buildId}`, the form that Port's own integration uses; `ado_{projectId}_release_{…}` for classic releases. */
  readonly externalRunId: string | undefined;
  /** Build.BuildNumber, or the release's name. */
  readonly number: string | undefined;
  readonly definitionName: string | undefined;
  readonly isRelease: boolean;
  readonly stage: string | undefined;
  readonly job: string | undefined;
  /** E-mail of the person that the run is for, else the name. */
  readonly requestedFor: string | undefined;
  readonly commit: string | undefined;
  readonly sourcesDirectory: string | undefined;
  readonly tempDirectory: string | undefined;
}

/** Reads the predefined variables, those of classic releases included. */
export function readPipelineContext(host: Pick<Host, 'variable'>): PipelineContext {
  const get = (name: string) => host.variable(name)?.trim() || undefined;
  const releaseId = get('Release.ReleaseId');
  const isRelease = releaseId !== undefined;
  const projectId = get('System.TeamProjectId');
  const definitionId = isRelease ? get('Release.DefinitionId') : get('System.DefinitionId');
  const runId = isRelease ? releaseId : get('Build.BuildId');
  const hasIds = projectId !== undefined && definitionId !== undefined && runId !== undefined;
  return {
    url: isRelease ? (get('Release.ReleaseWebURL') ?? releaseUrl(get, releaseId)) : buildUrl(get),
    externalRunId: hasIds
      ? `ado_${projectId}_${isRelease ? 'release_' : ''}${definitionId}_${runId}`
      : undefined,
    number: isRelease ? get('Release.ReleaseName') : get('Build.BuildNumber'),
    definitionName: isRelease ? get('Release.DefinitionName') : get('Build.DefinitionName'),
    isRelease,
    stage: isRelease
      ? get('Release.EnvironmentName')
      : (get('System.StageDisplayName') ?? get('System.StageName')),
    job: get('System.JobDisplayName') ?? get('Agent.JobName'),
    requestedFor:
      get('Release.RequestedForEmail') ?? get('Build.RequestedForEmail') ?? get('Build.RequestedFor'),
    commit: get('Build.SourceVersion'),
    sourcesDirectory: get('Build.SourcesDirectory') ?? get('System.DefaultWorkingDirectory'),
    tempDirectory: get('Agent.TempDirectory'),
  };
}

type Get = (name: string) => string | undefined;

function projectUrl(get: Get): string | undefined {
  const collection = get('System.CollectionUri') ?? get('System.TeamFoundationCollectionUri');
  const project = get('System.TeamProject');
  if (collection === undefined || project === undefined) return undefined;
  return `${collection.replace(/\/+$/, '')}/${encodeURIComponent(project)}`;
}

function buildUrl(get: Get): string | undefined {
  const base = projectUrl(get);
  const id = get('Build.BuildId');
  return base === undefined || id === undefined
    ? undefined
    : `${base}/_build/results?buildId=${encodeURIComponent(id)}`;
}

function releaseUrl(get: Get, releaseId: string): string | undefined {
  const base = projectUrl(get);
  return base === undefined
    ? undefined
    : `${base}/_releaseProgress?_a=release-pipeline-progress&releaseId=${encodeURIComponent(releaseId)}`;
}
