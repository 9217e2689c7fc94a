import type { TaskResult, TimelineRecord } from '../../agent/types.ts';
import type { Change } from '../model.ts';
import type { State } from '../state.ts';

/** What checks look at, and whom they tell. */
export interface World {
  readonly state: State;
  readonly notify: (change: Change) => void;
}

const now = (): string => new Date().toISOString();

type CheckType = Extract<TimelineRecord['type'], `Checkpoint${string}`>;

/** The record of a check that has begun. */
export const checkRecord = (type: CheckType, parent: TimelineRecord, id: string): TimelineRecord => ({
  ...parent,
  id,
  parentId: parent.id,
  type,
  name: type,
  identifier: `${parent.identifier}.${type}`,
  order: 1,
  previousAttempts: [],
  state: 'inProgress',
  result: null,
  startTime: now(),
});

export const ended = (record: TimelineRecord, result: TaskResult | undefined): TimelineRecord => ({
  ...record,
  state: 'completed',
  result: result ?? 'succeeded',
  finishTime: now(),
});
