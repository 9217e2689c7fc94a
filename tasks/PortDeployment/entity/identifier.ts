import type { Host } from '../../common/agent/host.ts';
import { attemptOf, identifierOf, identifierStart, stageOf } from '../../common/port/run-identifiers.ts';

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
  return start === undefined ? undefined : start + identifierOf(parts);
}

/** The name of the leg of a matrix that this job is; undefined in a job that is the only one of its kind. */
function legOf(host: Variables): string | undefined {
  if (!(Number(host.variable('System.TotalJobsInPhase')) > 1)) return undefined;
  return host.variable('System.JobName')?.trim() || host.variable('System.JobPositionInPhase');
}
