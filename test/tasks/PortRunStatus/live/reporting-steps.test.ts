import assert from 'node:assert/strict';
import { ReportingSteps } from '../../../../tasks/PortRunStatus/live/reporting-steps.ts';
import type { TimelineRecord } from '../../../../tasks/common/azure-devops/timeline.ts';
import { record } from '../record.ts';

const step = (id: string, more: Partial<TimelineRecord> = {}) =>
  record({ id, type: 'Task', parentId: 'job', taskName: 'PortRunStatus', state: 'inProgress', ...more });
const postJob = (id: string, more: Partial<TimelineRecord> = {}) =>
  step(id, { taskName: undefined, refName: 'end', ...more });
const pending = { state: 'pending' } as const;
const done = { state: 'completed' } as const;

describe('A step that can have ended the run', () => {
  const cases: Readonly<
    Record<string, { before?: readonly TimelineRecord[]; now: readonly TimelineRecord[]; can: boolean }>
  > = {
    'is one of this task that runs': { now: [step('end')], can: true },
    'is one of a development build': { now: [step('end', { taskName: 'PortRunStatusDev' })], can: true },
    'is one in another job': { now: [step('end', { parentId: 'other' })], can: true },
    'is one that has ended since': { before: [step('end')], now: [step('end', done)], can: true },
    'is not one that had ended before': { before: [step('end', done)], now: [step('end', done)], can: false },
    'is not one that is to come': { now: [step('end', pending)], can: false },
    'is not the one that asks': { now: [step('own')], can: false },
    'is not one of another task': { now: [step('build', { taskName: 'Bash' })], can: false },
    'is nothing but a step': { now: [step('job', { type: 'Job' })], can: false },
    'is the post-job part of one, though the step ended before': {
      before: [step('end', done), postJob('post', pending)],
      now: [step('end', done), postJob('post')],
      can: true,
    },
    'is the post-job part of the step that asks': {
      now: [step('own', { ...done, refName: 'end' }), postJob('post')],
      can: true,
    },
    'is not what another job calls by the same name': {
      before: [step('end', done)],
      now: [step('end', done), postJob('post', { parentId: 'other' })],
      can: false,
    },
    'is not what a step of another name has after the job': {
      before: [step('end', done)],
      now: [step('end', done), postJob('post', { refName: 'build' })],
      can: false,
    },
    'is not what the agent adds without a name': {
      before: [step('end', { ...done, refName: '' })],
      now: [step('end', { ...done, refName: '' }), postJob('Finalize Job', { refName: '' })],
      can: false,
    },
    'is not another task of the same name': {
      before: [step('end', done)],
      now: [step('end', done), postJob('build', { taskName: 'Bash' })],
      can: false,
    },
    'is found without the job that it belongs to': {
      before: [step('end', { ...done, parentId: undefined })],
      now: [step('end', { ...done, parentId: undefined }), postJob('post', { parentId: undefined })],
      can: true,
    },
  };
  for (const [name, { before = [], now, can }] of Object.entries(cases))
    it(name, () => {
      const steps = new ReportingSteps('own');
      steps.rememberOpen(before);
      assert.equal(steps.canHaveEndedIt(now), can);
    });

  it('is any that has begun, where the run was never seen open', () => {
    assert.equal(new ReportingSteps(undefined).canHaveEndedIt([step('end', done)]), true);
  });
});
