import type { Host } from '../agent/host.ts';
import { readPipelineContext } from '../agent/pipeline-context.ts';
import { asIdentifier } from './identifiers.ts';

type Variables = Pick<Host, 'variable'>;

/** What the identifier of every entity that tells of this run begins with: `<pipeline>-<run id>-`. Undefined outside a pipeline run. */
export function identifierStart(host: Variables): string | undefined {
  const { definitionName = 'pipeline' } = readPipelineContext(host);
  const id = pipelineRunId(host);
  return id === undefined ? undefined : `${identifierOf([definitionName, id])}-`;
}

/** The id of the build or of the classic release; undefined outside a pipeline run. */
export function pipelineRunId(host: Variables): string | undefined {
  const { isRelease } = readPipelineContext(host);
  return host.variable(isRelease ? 'Release.ReleaseId' : 'Build.BuildId')?.trim() || undefined;
}

/** The parts of an identifier, without what Port does not take of them. */
export function identifierOf(parts: readonly string[]): string {
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
  return stage === '' || stage === '__default' ? undefined : stage;
}

const attempts = ['System.StageAttempt', 'System.PhaseAttempt', 'System.JobAttempt', 'Release.AttemptNumber'];

/** Counted from 1. A stage that is run again counts its jobs anew, and the other way round. */
export function attemptOf(host: Variables): number {
  return Math.max(1, ...attempts.map((name) => Number(host.variable(name)) || 1));
}
