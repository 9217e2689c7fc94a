import type { TimelineRecord } from '../../../tasks/common/azure-devops/timeline.ts';

/** What tells one record from another. */
export type Given = Partial<TimelineRecord> & Pick<TimelineRecord, 'id' | 'type'>;

/** A record of a timeline; what is not given of it is as plain as can be. */
export const record = (given: Given): TimelineRecord => ({
  parentId: undefined,
  name: given.id,
  identifier: given.id,
  refName: given.id,
  taskName: given.type === 'Task' ? 'CmdLine' : undefined,
  taskVersion: undefined,
  logId: undefined,
  order: 1,
  attempt: 1,
  state: given.result === undefined ? 'pending' : 'completed',
  result: undefined,
  startTime: undefined,
  finishTime: undefined,
  errors: [],
  ...given,
});
