import { arch, hostname, platform } from 'node:os';
import type { JobDirectories } from '../state/job-context.ts';
import type { Values } from '../variables/run-variables.ts';

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
