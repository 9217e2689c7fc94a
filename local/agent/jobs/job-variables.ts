import { arch, hostname, platform } from 'node:os';
import type { JobDirectories } from '../state/job-directories.ts';
import type { LegRun } from '../state/run-context.ts';
import { jobIdentifier } from '../state/timeline.ts';
import type { Values } from '../variables/run-variables.ts';

/** Variables of one job on the server's side. */
export function jobVariables({ phase, leg, position, count }: LegRun, jobId: string): Values {
  const { stage, job, run } = phase;
  const attempt = String(run.timeline.attempt);
  return {
    'System.PlanId': run.planId,
    'System.TimelineId': run.planId,
    'System.StageName': stage.name,
    'System.StageDisplayName': stage.displayName,
    'System.StageId': phase.stageRecord.id,
    'System.StageAttempt': attempt,
    'System.PhaseName': job.name,
    'System.PhaseDisplayName': job.displayName,
    'System.PhaseId': phase.record.id,
    'System.PhaseAttempt': attempt,
    'System.JobName': leg.name,
    'System.JobDisplayName': leg.displayName,
    'System.JobId': jobId,
    'System.JobIdentifier': jobIdentifier(stage, job, leg),
    'System.JobAttempt': attempt,
    'System.JobTimeout': String(job.timeoutInMinutes),
    'System.JobPositionInPhase': String(position),
    'System.TotalJobsInPhase': String(count),
    'System.JobParallelismTag': 'Private',
    'Agent.JobName': leg.displayName,
  };
}

const systems: Partial<Record<NodeJS.Platform, string>> = { win32: 'Windows_NT', darwin: 'Darwin' };

/** `Agent.OS` of a job's machine, by the name of its image or system; empty is the machine that the agent runs on. */
function systemOf(image: string): string {
  if (image === '') return systems[platform()] ?? 'Linux';
  if (/^(?:win|vs\d)/i.test(image)) return 'Windows_NT';
  return /^(?:mac|darwin)/i.test(image) ? 'Darwin' : 'Linux';
}

interface AgentIdentity {
  readonly name: string;
  readonly id: number;
  /** Of the job's machine. */
  readonly image: string;
}

/** Variables of the agent that runs the job. */
export const agentVariables = ({ name, id, image }: AgentIdentity, folders: JobDirectories): Values => ({
  'Agent.Name': name,
  'Agent.Id': String(id),
  'Agent.MachineName': hostname(),
  'Agent.OS': systemOf(image),
  'Agent.OSArchitecture': arch().toUpperCase(),
  'Agent.Version': '5.277.0',
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
