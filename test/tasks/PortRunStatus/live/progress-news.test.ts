import assert from 'node:assert/strict';
import { isJobOver, newsOf } from '../../../../tasks/PortRunStatus/live/progress-news.ts';
import type { TimelineRecord } from '../../../../tasks/common/azure-devops/timeline.ts';
import { record } from '../record.ts';

const job = record({ id: 'own', type: 'Job', name: 'Deploy', state: 'inProgress' });
const step = (order: number, more: Partial<TimelineRecord> = {}) =>
  record({ id: `step${order}`, type: 'Task', name: `step ${order}`, parentId: 'own', order, ...more });
const running = { state: 'inProgress' } as const;
const at = (startTime?: string, finishTime?: string) => ({ startTime, finishTime });

describe('The news of a job', () => {
  const news = (records: readonly TimelineRecord[], seen = new Set<string>()) =>
    newsOf([job, ...records], 'own', seen);

  it('name the step that runs, and its place among the steps of the job, in their order', () => {
    const elsewhere = [
      step(1, { id: 'other', parentId: 'other', ...running }),
      record({ id: 'checkpoint', type: 'Checkpoint', parentId: 'own', order: 1, ...running }),
    ];
    assert.deepEqual(news([step(3), step(1, { result: 'succeeded' }), step(2, running), ...elsewhere]), {
      label: 'step 2, 2 of 3',
      lines: ['✓ step 1'],
      isJobOver: false,
    });
  });

  it('have no label where no step runs', () => {
    assert.equal(news([step(1, { result: 'succeeded' }), step(2)]).label, undefined);
  });

  it('tell each end once', () => {
    const seen = new Set<string>();
    const first = step(1, { result: 'succeeded' });
    assert.deepEqual(news([first, step(2, running)], seen).lines, ['✓ step 1']);
    assert.deepEqual(news([step(2, { result: 'succeeded' }), first], seen).lines, ['✓ step 2']);
    assert.deepEqual([...seen], ['step1', 'step2']);
  });

  const ends: Readonly<Record<string, Partial<TimelineRecord>>> = {
    '✓ step 1 (2.5 s)': {
      result: 'succeeded',
      ...at('2026-03-02T10:00:00.000Z', '2026-03-02T10:00:02.500Z'),
    },
    '! step 1: succeededWithIssues': { result: 'succeededWithIssues', ...at('2026-03-02T10:00:00Z') },
    '✗ step 1: failed': { result: 'failed', ...at(undefined, '2026-03-02T10:00:00Z') },
    '✗ step 1: canceled': { result: 'canceled', ...at('some day', '2026-03-02T10:00:00Z') },
    '· step 1: abandoned': { result: 'abandoned' },
    '· step 1: ': { state: 'completed' },
  };
  for (const [line, end] of Object.entries(ends))
    it(`tell an end as "${line}"`, () => assert.deepEqual(news([step(1, end)]).lines, [line]));

  it('leave out what was skipped', () => {
    assert.deepEqual(news([step(1, { result: 'skipped' })]).lines, []);
  });

  it('cut the name of a step to one line of 120 characters', () => {
    const [line = ''] = news([step(1, { name: `a\n${'b'.repeat(200)}`, result: 'succeeded' })]).lines;
    assert.match(line, /^✓ a b+…$/);
    assert.equal(line.length, '✓ '.length + 120);
  });
});

describe('A job', () => {
  const ended = { ...job, state: 'completed' } as const;
  const cases: readonly (readonly [name: string, records: readonly TimelineRecord[], expected: boolean])[] = [
    ['is not over while it runs', [job], false],
    ['is over once it is completed', [ended], true],
    ['is over where the timeline has it no more', [{ ...job, id: 'other' }], true],
    ['is not told by a record of another kind', [{ ...ended, type: 'Phase' }, job], false],
    ['is not told by another job', [{ ...ended, id: 'other' }, job], false],
  ];
  for (const [name, records, expected] of cases)
    it(name, () => {
      assert.equal(isJobOver(records, 'own'), expected);
      assert.equal(newsOf(records, 'own', new Set()).isJobOver, expected);
    });
});
