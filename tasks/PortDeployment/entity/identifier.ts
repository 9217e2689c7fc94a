import type { Host } from '../../common/agent/host.ts';
import { readPipelineContext } from '../../common/agent/pipeline-context.ts';
import { asIdentifier } from '../../common/port/identifiers.ts';

type Variables = Pick<Host, 'variable'>;

/**
 * `<pipeline>-<run id>-<stage>-<environment>`, for a leg of a matrix `-<leg>`, and from the second attempt on `-<attempt>`. Undefined
 * outside a pipeline run.
 */
export function deploymentIdentifier(host: Variables, environment: string): string | undefined {
  const start = identifierStart(host);
  const leg = legOf(host);
  const attempt = attemptOf(host);
  const parts = [
    ...[stageOf(host) ?? '', environment],
    // A matrix of environments has their names for its legs.
    ...(leg === undefined || leg === environment ? [] : [leg]),
    ...(attempt > 1 ? [String(attempt)] : []),
  ];
  return start === undefined ? undefined : start + joined(parts);
}

/** What every such identifier of this run begins with: `<pipeline>-<run id>-`. */
export function identifierStart(host: Variables): string | undefined {
  const { definitionName = 'deployment', isRelease } = readPipelineContext(host);
  const id = host.variable(isRelease ? 'Release.ReleaseId' : 'Build.BuildId')?.trim();
  return id === undefined || id === '' ? undefined : `${joined([definitionName, id])}-`;
}

function joined(parts: readonly string[]): string {
  return parts
    .map(asIdentifier)
    .filter((part) => part !== '')
    .join('-');
}

/** The stage's name; undefined in a pipeline without stages. */
export function stageOf(host: Variables): string | undefined {
  const { isRelease } = readPipelineContext(host);
  const stage = host.variable(isRelease ? 'Release.EnvironmentName' : 'System.StageName')?.trim();
  // A pipeline without stages has one that is called __default.
  return stage === undefined || stage === '' || stage === '__default' ? undefined : stage;
}

/** The name of the leg of a matrix that this job is; undefined in a job that is the only one of its kind. */
function legOf(host: Variables): string | undefined {
  if (!(Number(host.variable('System.TotalJobsInPhase')) > 1)) return undefined;
  return host.variable('System.JobName')?.trim() || host.variable('System.JobPositionInPhase');
}

const attempts = ['System.StageAttempt', 'System.PhaseAttempt', 'System.JobAttempt', 'Release.AttemptNumber'];

/** Counted from 1. A stage that is run again counts its jobs anew, and the other way round. */
function attemptOf(host: Variables): number {
  return Math.max(1, ...attempts.map((name) => Number(host.variable(name)) || 1));
}
