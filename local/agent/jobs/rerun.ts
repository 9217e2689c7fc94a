import { type Timeline, phaseIdentifier } from '../state/timeline.ts';
import type { TaskResult } from '../types.ts';
import type { Pipeline, Stage } from '../yaml/pipeline.ts';
import { ancestors } from './graph.ts';

const bad: readonly (TaskResult | null | undefined)[] = ['failed', 'canceled', 'abandoned', null, undefined];

/**
 * What a new attempt leaves alone: stages that did not fail and stand behind none that did, and in failed stages
 * the jobs for which the same holds. Stages and phases by identifier.
 */
export function keptIdentifiers({ stages }: Pipeline, timeline: Timeline): Set<string> {
  const failed = (identifier: string) => bad.includes(timeline.earlier(identifier)?.result);
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const kept = new Set<string>();
  for (const stage of stages) {
    if (ancestors(stage, byName).some(failed)) continue;
    if (!failed(stage.name)) kept.add(stage.name);
    else keptJobs(stage, failed).forEach((identifier) => kept.add(identifier));
  }
  return kept;
}

function keptJobs(stage: Stage, failed: (identifier: string) => boolean): string[] {
  const byName = new Map(stage.jobs.map((job) => [job.name, job]));
  const hasFailed = (name: string) => {
    const job = byName.get(name);
    return job === undefined || failed(phaseIdentifier(stage, job));
  };
  const kept = stage.jobs.filter((job) => ![job.name, ...ancestors(job, byName)].some(hasFailed));
  return kept.map((job) => phaseIdentifier(stage, job));
}
