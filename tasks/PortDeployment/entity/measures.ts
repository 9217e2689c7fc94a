import type { PipelineResult } from '../../common/agent/pipeline-result.ts';

/** The words of Port's DORA guide. */
export type DeploymentStatus = 'Success' | 'Failed';

/** Undefined for a job that was cancelled or skipped: it deployed nothing of which Port should know. */
export function deploymentStatus(result: PipelineResult): DeploymentStatus | undefined {
  switch (result) {
    case 'succeeded':
    case 'partial':
      return 'Success';
    case 'failed':
    case 'abandoned':
      return 'Failed';
    case 'canceled':
    case 'skipped':
      return undefined;
  }
}

/** A hundredth of an hour, in ms. */
const hundredth = 36_000;

/**
 * Hours with two digits, rounded down as Port's own lead times are; never below 0, since a commit's clock may be ahead.
 * @param first when the first commit was made, in ms since the epoch.
 * @param end when it was deployed.
 */
export function leadTimeHours(first: number, end: number): number {
  return Math.floor(Math.max(0, end - first) / hundredth) / 100;
}
