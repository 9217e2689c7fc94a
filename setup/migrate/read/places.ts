import { type YAMLMap, type YAMLSeq, isMap, isSeq } from 'yaml';
import { mapsIn, textAt } from './yaml.ts';

/** Where a step stands. */
export interface Place {
  readonly step: YAMLMap;
  /** The list that the step is in. */
  readonly steps: YAMLSeq | undefined;
  /** Undefined where the file has steps without a job, or is a template of steps. */
  readonly job: YAMLMap | undefined;
  readonly stage: YAMLMap | undefined;
  /** The job runs without an agent: no task of ours can run in it. */
  readonly isAgentless: boolean;
}

const hasKey = (map: YAMLMap, keys: readonly string[]): boolean => keys.some((key) => map.has(key));

/** @param path the nodes above the step, the outermost first */
export function placeOf(step: YAMLMap, path: readonly unknown[]): Place {
  const maps = mapsIn(path);
  const job = maps.findLast((map) => hasKey(map, ['job', 'deployment']));
  const parent = path.at(-1);
  return {
    step,
    steps: isSeq(parent) ? parent : undefined,
    job,
    stage: maps.findLast((map) => hasKey(map, ['stage'])),
    isAgentless: maps.some((map) => textAt(map, 'pool').toLowerCase() === 'server'),
  };
}

export const jobName = (job: YAMLMap): string => textAt(job, 'job') || textAt(job, 'deployment');

/** The jobs of a pipeline, in their order. */
export function jobsOf(root: unknown): readonly YAMLMap[] {
  if (isSeq(root)) return root.items.flatMap(jobsOf);
  if (!isMap(root)) return [];
  if (hasKey(root, ['job', 'deployment'])) return [root];
  return root.items.flatMap(({ value }) => (isMap(value) || isSeq(value) ? jobsOf(value) : []));
}
