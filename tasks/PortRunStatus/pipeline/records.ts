import type { TimelineRecord } from '../../common/azure-devops/timeline.ts';

/** The stage that a phase, job or step belongs to. */
export function stageOf(
  record: TimelineRecord,
  records: readonly TimelineRecord[],
): TimelineRecord | undefined {
  return ancestorsOf(record, records).find((ancestor) => ancestor.type === 'Stage');
}

const indexes = new WeakMap<readonly TimelineRecord[], ReadonlyMap<string, TimelineRecord>>();

/** A timeline may hold ten thousand records, each of which is asked for its ancestors. */
function byId(records: readonly TimelineRecord[]): ReadonlyMap<string, TimelineRecord> {
  const known = indexes.get(records) ?? new Map(records.map((record) => [record.id, record]));
  indexes.set(records, known);
  return known;
}

/** From the parent upwards. */
export function ancestorsOf(
  record: TimelineRecord,
  records: readonly TimelineRecord[],
): readonly TimelineRecord[] {
  const ancestors: TimelineRecord[] = [];
  const known = byId(records);
  let parentId = record.parentId;
  while (parentId !== undefined && ancestors.length < 10) {
    const parent = known.get(parentId);
    if (parent === undefined) break;
    ancestors.push(parent);
    parentId = parent.parentId;
  }
  return ancestors;
}

export function childrenOf(
  parent: TimelineRecord | undefined,
  type: string,
  records: readonly TimelineRecord[],
): readonly TimelineRecord[] {
  return records.filter((record) => record.type === type && record.parentId === parent?.id);
}

/** Whether a step is one of this task, as its manifest names it; a development build has a name of its own. */
export const isOfThisTask = ({ taskName }: Pick<TimelineRecord, 'taskName'>): boolean =>
  taskName === 'PortRunStatus' || taskName === 'PortRunStatusDev';

/**
 * The steps of a job that the pipeline names. What the agent adds to them (Initialize job, pre- and post-job parts, Finalize Job) has
 * no task, and names in the agent's language. A post-job part of this task is told by its step's name too, which both share.
 */
export function namedSteps(
  job: TimelineRecord,
  records: readonly TimelineRecord[],
): readonly TimelineRecord[] {
  const steps = childrenOf(job, 'Task', records);
  const isPostJob = (step: TimelineRecord) =>
    isOfThisTask(step) &&
    step.refName !== '' &&
    steps.some((other) => other.refName === step.refName && other.order < step.order);
  return steps.filter((step) => step.taskName !== undefined && !isPostJob(step));
}

/**
 * The main part of the step whose post-job part runs now. The agent gives both the id of the main part's record; where the id is
 * that of the post-job part, the name of the step leads to the main part.
 */
export function mainPartOf(
  step: { readonly id: string | undefined; readonly refName: string | undefined },
  job: string | undefined,
  records: readonly TimelineRecord[],
): TimelineRecord | undefined {
  const steps = records.filter(({ type, parentId }) => type === 'Task' && parentId === job);
  const refName = steps.find(({ id }) => id === step.id)?.refName ?? step.refName;
  const [first] = steps
    .filter((record) => record.id === step.id || (refName !== '' && record.refName === refName))
    .sort((a, b) => a.order - b.order);
  return first;
}
