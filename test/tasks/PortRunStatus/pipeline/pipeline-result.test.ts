import assert from 'node:assert/strict';
import {
  defaultLabel,
  failureLabel,
  failureLog,
  failureMarkdown,
  findFailures,
} from '../../../../tasks/PortRunStatus/pipeline/failure-details.ts';
import { pipelineState } from '../../../../tasks/PortRunStatus/pipeline/pipeline-result.ts';
import { mainPartOf } from '../../../../tasks/PortRunStatus/pipeline/records.ts';
import { verdictOf } from '../../../../tasks/PortRunStatus/status.ts';
import type { PipelineResult } from '../../../../tasks/common/agent/pipeline-result.ts';
import type { TimelineRecord } from '../../../../tasks/common/azure-devops/timeline.ts';
import { type Given, record } from '../record.ts';

const state = (
  records: readonly TimelineRecord[],
  result: PipelineResult = 'succeeded',
  { id = 'own', jobsInPhase = 1 } = {},
) => pipelineState(records, { id, result, jobsInPhase });

/** Two stages; the second has the jobs `own` and `other`, each a phase with one Job record. */
const timeline = (
  results: Readonly<Record<string, string | undefined>>,
  more: readonly TimelineRecord[] = [],
): TimelineRecord[] => [
  record({ id: 'Build', type: 'Stage', result: results.Build }),
  record({ id: 'Deploy', type: 'Stage', state: 'inProgress' }),
  record({ id: 'phase', type: 'Phase', parentId: 'Deploy', state: 'inProgress' }),
  record({ id: 'own', type: 'Job', parentId: 'phase', state: 'inProgress' }),
  record({ id: 'phase2', type: 'Phase', name: 'other', parentId: 'Deploy', result: results.other }),
  record({
    ...{ id: 'other', type: 'Job', parentId: 'phase2', result: results.other },
    identifier: 'Deploy.other.__default',
  }),
  ...('Later' in results ? [record({ id: 'Later', type: 'Stage', result: results.Later })] : []),
  ...more,
];

describe('the result of a pipeline', () => {
  const cases: readonly {
    name: string;
    results: Record<string, string | undefined>;
    own?: 'succeeded' | 'failed' | 'partial' | 'canceled';
    expected: string;
    open?: string[];
  }[] = [
    {
      name: 'is a success when everything succeeded',
      results: { Build: 'succeeded', other: 'succeeded' },
      expected: 'succeeded',
    },
    {
      name: 'does not count stages that a condition skipped',
      results: { Build: 'skipped', other: 'skipped' },
      expected: 'succeeded',
    },
    {
      name: 'is a failure when another stage failed',
      results: { Build: 'failed', other: 'succeeded' },
      expected: 'failed',
    },
    {
      name: 'is a failure when this job failed',
      results: { Build: 'succeeded', other: 'succeeded' },
      own: 'failed',
      expected: 'failed',
    },
    {
      name: 'is partial when a failed job had continueOnError',
      results: { Build: 'succeededWithIssues', other: 'succeeded' },
      expected: 'partial',
    },
    {
      name: 'is canceled when another job was',
      results: { Build: 'succeeded', other: 'canceled' },
      expected: 'canceled',
    },
    {
      name: 'is a failure rather than canceled',
      results: { Build: 'failed', other: 'canceled' },
      expected: 'failed',
    },
    {
      name: 'is open while another job of the stage runs',
      results: { Build: 'succeeded', other: undefined },
      expected: 'succeeded',
      open: ['other'],
    },
    {
      name: 'is open while a stage is to come',
      results: { Build: 'succeeded', other: 'succeeded', Later: undefined },
      expected: 'succeeded',
      open: ['Later'],
    },
  ];
  for (const { name, results, own = 'succeeded', expected, open = [] } of cases) {
    it(name, () =>
      assert.deepEqual(state(timeline(results), own), {
        result: expected,
        unfinished: open,
        isStageOpen: open.includes('other'),
      }),
    );
  }
});

describe('the other jobs of the own phase', () => {
  const slices = (second: Omit<Given, 'id' | 'type'>) =>
    state(
      timeline({ Build: 'succeeded', other: 'succeeded' }, [
        record({ id: 'slice', type: 'Job', parentId: 'phase', ...second }),
      ]),
      'succeeded',
      { jobsInPhase: 2 },
    );

  it('count by their own results', () =>
    assert.deepEqual(slices({ result: 'failed' }), { result: 'failed', unfinished: [], isStageOpen: false }));
  it('keep the pipeline open while they are to come or run', () => {
    for (const open of ['pending', 'inProgress'] as const)
      assert.deepEqual(slices({ state: open }).unfinished, ['slice']);
  });
});

describe('a pipeline without stages', () => {
  it('is judged by its phases', () => {
    const records = [
      record({ id: 'phase', type: 'Phase', state: 'inProgress' }),
      record({ id: 'own', type: 'Job', parentId: 'phase', state: 'inProgress' }),
      record({ id: 'before', type: 'Phase', result: 'failed' }),
      record({ id: 'after', type: 'Phase' }),
    ];
    assert.deepEqual(state(records), { result: 'failed', unfinished: ['after'], isStageOpen: true });
  });
});

describe('a stage that is to run once more', () => {
  it('keeps the pipeline open, though its jobs of before are over', () => {
    const again = [
      record({ id: 'Later', type: 'Stage' }),
      record({ id: 'done', type: 'Phase', parentId: 'Later', result: 'succeeded' }),
    ];
    const records = timeline({ Build: 'succeeded', other: 'succeeded' }, again);
    assert.deepEqual(state(records).unfinished, ['Later']);
  });
});

describe('another stage that still runs', () => {
  const later = (phases: readonly Given[]) =>
    state(
      timeline({ Build: 'succeeded', other: 'succeeded' }, [
        record({ id: 'Later', type: 'Stage', state: 'inProgress' }),
        ...phases.map((phase) => record({ parentId: 'Later', ...phase })),
      ]),
    );
  const over: Given = { id: 'a', type: 'Phase', result: 'canceled' };

  it('is over when all its phases are', () =>
    assert.deepEqual(later([over, { id: 'b', type: 'Phase', result: 'succeeded' }]), {
      ...{ result: 'canceled', unfinished: [], isStageOpen: false },
    }));
  it('is open while one of its phases is, and before it has any', () => {
    assert.deepEqual(later([over, { id: 'b', type: 'Phase' }]).unfinished, ['Later']);
    assert.deepEqual(later([]).unfinished, ['Later']);
  });
});

describe('another job that still runs', () => {
  const withTasks = (tasks: readonly Given[], identifier = 'Deploy.other.__default') =>
    timeline(
      { Build: 'succeeded', other: undefined },
      tasks.map((task) => record({ parentId: 'other', ...task })),
    ).map((each) => {
      if (each.id === 'other') return { ...each, identifier, state: 'inProgress' as const };
      return each.id === 'phase2' ? { ...each, state: 'inProgress' as const } : each;
    });
  const byAgent = { type: 'Task', taskName: undefined } as const;

  const languages: readonly (readonly [string, string, string, string])[] = [
    ['English', 'Initialize job', 'Post-job: Report to Port', 'Finalize Job'],
    ['German', 'Auftrag initialisieren', 'Post-Auftrag: Report to Port', 'Auftrag abschließen'],
    ['Japanese', 'ジョブの初期化', 'ジョブ後: Report to Port', 'ジョブのファイナライズ'],
  ];
  for (const [language, first, post, last] of languages) {
    it(`is over when only its post-job steps are left, whose names are ${language}`, () => {
      const records = withTasks([
        { ...byAgent, id: first, result: 'succeeded', order: 1 },
        { id: 'a', type: 'Task', result: 'succeededWithIssues', order: 2 },
        { ...byAgent, id: post, refName: 'a', state: 'inProgress', order: 3 },
        { ...byAgent, id: last, order: 4 },
      ]);
      assert.deepEqual(state(records), { result: 'partial', unfinished: [], isStageOpen: false });
    });

    it(`is over though the record of this task's ${language} post-job step names the task`, () => {
      const ours = { type: 'Task', taskName: 'PortRunStatus', refName: 'PortRunStatus' } as const;
      const records = withTasks([
        { ...ours, id: 'Report to Port', result: 'succeeded', order: 2 },
        { ...ours, id: post, state: 'inProgress', order: 3 },
      ]);
      assert.deepEqual(state(records).unfinished, []);
    });
  }

  const open: readonly (readonly [string, readonly Given[], string?])[] = [
    [
      'one of its steps is to come',
      [
        { id: 'a', type: 'Task', result: 'succeeded' },
        { id: 'b', type: 'Task' },
      ],
    ],
    [
      'a second step of this task is to come',
      [
        { id: 'a', type: 'Task', taskName: 'PortRunStatus', result: 'succeeded', order: 1 },
        { id: 'b', type: 'Task', taskName: 'PortRunStatus', order: 2 },
      ],
    ],
    ['it has no steps yet', []],
    ['the agent prepares it', [{ ...byAgent, id: 'Initialize job', result: 'succeeded' }]],
    [
      'it is of a matrix, of which nobody outside knows how many jobs are to come',
      [{ id: 'a', type: 'Task', result: 'succeeded' }],
      'Deploy.other.linux',
    ],
    [
      'it is of a matrix whose name only ends like that of a single job',
      [{ id: 'a', type: 'Task', result: 'succeeded' }],
      'Deploy.other.x__default',
    ],
    [
      'a second step of this task, which has no name in the YAML, runs',
      [
        { id: 'a', type: 'Task', taskName: 'PortRunStatus', refName: '', result: 'succeeded', order: 1 },
        { id: 'b', type: 'Task', taskName: 'PortRunStatus', refName: '', state: 'inProgress', order: 2 },
      ],
    ],
  ];
  for (const [name, tasks, identifier] of open) {
    it(`is open while ${name}`, () =>
      assert.deepEqual(state(withTasks(tasks, identifier)).unfinished, ['other']));
  }

  it('is over too where its stage and its phase have no names in the YAML', () => {
    const records = withTasks([{ id: 'a', type: 'Task', result: 'succeeded' }], '__default');
    assert.deepEqual(state(records).unfinished, []);
  });

  it('is of a matrix where its phase has a second one', () => {
    const second = record({ id: 'two', type: 'Job', parentId: 'phase2', result: 'succeeded' });
    const records = withTasks([{ id: 'a', type: 'Task', result: 'succeeded' }]);
    assert.deepEqual(state([...records, second]).unfinished, ['other']);
  });
});

describe('a job that has not begun', () => {
  it('has a phase without a job, and keeps the pipeline open', () => {
    const records = timeline({ Build: 'succeeded', other: undefined }).filter(({ id }) => id !== 'other');
    assert.deepEqual(state(records), { result: 'succeeded', unfinished: ['other'], isStageOpen: true });
  });

  it('of the own matrix has no record at all, and keeps the pipeline open', () => {
    const records = timeline({ Build: 'succeeded', other: 'succeeded' });
    assert.deepEqual(state(records, 'succeeded', { id: 'own', jobsInPhase: 3 }), {
      result: 'succeeded',
      unfinished: ['a further job of phase', 'a further job of phase'],
      isStageOpen: true,
    });
  });

  it('was skipped where its phase is over without a job', () => {
    const records = timeline({ Build: 'succeeded', other: 'skipped' }).filter(({ id }) => id !== 'other');
    assert.deepEqual(state(records), { result: 'succeeded', unfinished: [], isStageOpen: false });
  });
});

describe('a result that nobody knows', () => {
  it('is none', () => {
    const records = timeline({ Build: 'somethingNew', other: 'succeeded' });
    assert.deepEqual(state(records).unfinished, ['Build']);
  });
});

describe('the main part of a step', () => {
  const records = [
    record({ id: 'init', type: 'Task', taskName: undefined, parentId: 'job', refName: 'JobExtension_Init' }),
    record({ id: 'main', type: 'Task', parentId: 'job', refName: 'report', order: 2, result: 'failed' }),
    record({ id: 'post', type: 'Task', parentId: 'job', refName: 'report', order: 9, taskName: undefined }),
    record({ id: 'elsewhere', type: 'Task', parentId: 'job2', refName: 'report', order: 1 }),
  ];
  const found = (id: string | undefined, refName: string | undefined) =>
    mainPartOf({ id, refName }, 'job', records)?.id;

  it('is found by the id of its record', () => assert.equal(found('main', undefined), 'main'));
  it('is found by the id of its post-job part', () => assert.equal(found('post', undefined), 'main'));
  it('is found by the name of its step', () => assert.equal(found('unknown', 'report'), 'main'));
  it('is found wherever it stands in the timeline', () =>
    assert.equal(mainPartOf({ id: 'post', refName: undefined }, 'job', [...records].reverse())?.id, 'main'));
  it('is its own record where its step has no name', () => {
    const nameless = ['first', 'second'].map((id, order) =>
      record({ id, type: 'Task', parentId: 'job', refName: '', order }),
    );
    assert.equal(mainPartOf({ id: 'second', refName: '' }, 'job', nameless)?.id, 'second');
    assert.equal(mainPartOf({ id: 'unknown', refName: '' }, 'job', nameless), undefined);
  });
  it('is none where neither is known', () => assert.equal(found(undefined, undefined), undefined));
});

describe('what failed', () => {
  const failed = timeline({ Build: 'succeeded', other: 'succeeded' }, [
    record({ id: 'checkout', type: 'Task', parentId: 'own', result: 'succeeded' }),
    record({
      id: 't1',
      name: 'terraform apply',
      type: 'Task',
      parentId: 'own',
      result: 'failed',
      errors: ['state is locked', 'exit code 1'],
    }),
  ]);

  it('is told with stage, job and step, its errors and a link to the log', () => {
    const failures = findFailures(failed, 'https://dev.azure.com/o/p/_build/results?buildId=7', 'own');
    assert.equal(failureLabel(failures), 'Failed at Deploy › own › terraform apply');
    assert.equal(
      failureLog(failures),
      'Failed: Deploy › own › terraform apply\n  state is locked\n  exit code 1\n  Log: https://dev.azure.com/o/p/_build/results?buildId=7&view=logs&j=own&t=t1',
    );
  });

  it('leaves the job out where its stage has only one', () => {
    const alone = failed.filter(({ id }) => id !== 'other');
    assert.equal(failureLabel(findFailures(alone, undefined, 'own')), 'Failed at Deploy › terraform apply');
  });

  it('is a job where no step of it failed', () => {
    const lost = timeline({ Build: 'succeeded', other: 'failed' });
    assert.equal(failureLabel(findFailures(lost, undefined)), 'Failed at Deploy › other');
  });

  it('is told without a stage that has no name in the YAML', () => {
    const plain = failed.map((each) => (each.id === 'Deploy' ? { ...each, identifier: '__default' } : each));
    assert.equal(failureLabel(findFailures(plain, undefined)), 'Failed at own › terraform apply');
  });

  it('leads to the log of a job where no step of it failed', () => {
    const lost = timeline({ Build: 'succeeded', other: 'failed' });
    const [failure] = findFailures(lost, 'https://run?buildId=7');
    assert.equal(failure?.url, 'https://run?buildId=7&view=logs&j=other');
  });

  it('is told in the order of time: five things, each with ten errors of 500 characters at the most', () => {
    const many = Array.from({ length: 7 }, (_, index) =>
      record({
        ...{ id: `t${index}`, type: 'Task', parentId: 'own', result: 'failed' },
        startTime: `2026-01-01T00:00:0${9 - index}Z`,
        errors: Array.from({ length: 11 }, () => 'x'.repeat(501)),
      }),
    );
    const failures = findFailures(timeline({ Build: 'succeeded', other: 'succeeded' }, many), undefined);
    assert.deepEqual(
      failures.map(({ line: [{ id }] }) => id),
      ['t6', 't5', 't4', 't3', 't2'],
    );
    const [{ errors } = assert.fail()] = failures;
    assert.deepEqual([errors.length, errors[0]?.length], [10, 500]);
    assert.match(failureLabel(failures) ?? '', / and 4 more$/);
  });

  it('is told without a link where there is no page of the run', () => {
    assert.equal(
      failureLog(findFailures(failed, undefined, 'own')),
      'Failed: Deploy › own › terraform apply\n  state is locked\n  exit code 1',
    );
  });

  it('is a heading with its errors on the summary page', () => {
    const second = record({ id: 't2', name: 'lint', type: 'Task', parentId: 'other', result: 'failed' });
    assert.equal(
      failureMarkdown(findFailures([...failed, second], undefined)),
      '**Failed at Deploy › own › terraform apply**\n\n- state is locked\n- exit code 1\n\n**Failed at Deploy › other › lint**',
    );
  });

  it('gives a failed end its label, which else is that of the verdict', () => {
    const failures = findFailures(failed, undefined, 'own');
    const [lost, won] = [verdictOf('failed', 'success'), verdictOf('succeeded', 'success')];
    assert.equal(defaultLabel(lost, failures), 'Failed at Deploy › own › terraform apply');
    assert.equal(defaultLabel(lost, []), 'Failed');
    assert.equal(defaultLabel(won, failures), 'Succeeded');
  });

  it('is not looked for in other jobs when the scope is the job', () => {
    assert.deepEqual(findFailures(failed, undefined, 'other'), []);
  });

  it('counts the rest when several steps failed', () => {
    const two = [
      ...failed,
      record({
        id: 't2',
        name: 'lint',
        type: 'Task',
        parentId: 'other',
        result: 'failed',
        startTime: '2026-01-01',
      }),
    ];
    assert.equal(
      failureLabel(findFailures(two, undefined)),
      'Failed at Deploy › own › terraform apply and 1 more',
    );
  });

  it('cannot break out of the summary', () => {
    const hostile = [
      record({
        id: 't',
        name: '](http://evil) <img> `x` | #',
        type: 'Task',
        result: 'failed',
        errors: ['<script>alert(1)</script>\n# heading'],
      }),
    ];
    const markdown = failureMarkdown(
      findFailures(hostile, 'https://dev.azure.com/o/p/_build/results?buildId=7'),
    );
    assert.doesNotMatch(markdown, /<script|<img|\]\(http:|\n#/);
  });
});
