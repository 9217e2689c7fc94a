import assert from 'node:assert/strict';
import type { TimelineRecord } from '../../../local/agent/index.ts';
import { type Bench, type FixtureTask, type Seen, evalStep, evalTask, makeBench } from './fixture.ts';

const target = { Node20_1: { target: 'index.js' }, Node24: { target: 'index.js' } };
const threeParts: FixtureTask = {
  name: 'Parts',
  json: {
    prejobexecution: target,
    execution: target,
    postjobexecution: target,
    instanceNameFormat: 'Parts of $(x)',
  },
  files: {
    'index.js':
      "console.log([process.env.SYSTEM_TASKINSTANCEID, process.env.SYSTEM_TASKDISPLAYNAME].join(' '))",
  },
};

describe('timeline records of the local agent', () => {
  let bench: Bench;
  before(async () => {
    bench = await makeBench([evalTask, threeParts]);
  });
  after(() => bench.remove());

  const tasksOf = (seen: Seen) =>
    seen.records.filter(({ type }) => type === 'Task').sort((a, b) => a.order - b.order);

  it('name the task of main parts alone, and the same task instance in all parts', async () => {
    const seen = await bench.run(
      'steps:\n- checkout: none\n- task: Parts@1\n  name: p\n  displayName: Three',
    );
    const [init, pre, main, post, final] = tasksOf(seen);
    assert.deepEqual(
      [init, pre, main, post, final].map((record) => [record?.name, record?.task?.name]),
      [
        ['Initialize job', undefined],
        ['Pre-job: Three', undefined],
        ['Three', 'Parts'],
        ['Post-job: Three', undefined],
        ['Finalize Job', undefined],
      ],
    );
    assert.deepEqual([pre?.task, pre?.refName, post?.refName], [null, 'p', 'p']);
    for (const { name } of [pre, main, post] as TimelineRecord[]) {
      assert.deepEqual(seen.log(name), [`${main?.id ?? ''} Three`]);
    }
    assert.ok(seen.text.includes('##[section]Starting: Three') && !seen.text.includes('Starting: Post-job'));
  });

  it('are called by the display name, else the name, else what the task makes of its inputs', async () => {
    const seen = await bench.run(`
steps:
- checkout: none
- { bash: 'true', name: byName }
- { script: 'true' }
- { bash: 'true' }
- { bash: 'true', name: hidden, displayName: Shown }
- { task: Parts@1, inputs: { x: y } }
`);
    const names = tasksOf(seen).map(({ name }) => name);
    assert.deepEqual(names.slice(2, -2), ['byName', 'CmdLine', 'Bash', 'Shown', 'Parts of y']);
  });

  it('have a checkout of the repository and the branch, and a part of it after the job', async () => {
    const seen = await bench.run('steps:\n- checkout: self', { sourceBranch: 'refs/heads/feature/x' });
    assert.deepEqual(
      tasksOf(seen).map(({ name, task }) => [name, task?.name]),
      [
        ['Initialize job', undefined],
        ['Checkout demo@feature/x to s', 'Checkout'],
        ['Post-job: Checkout demo@feature/x to s', undefined],
        ['Finalize Job', undefined],
      ],
    );
  });

  const graph = `
stages:
- stage: A
  jobs:
  - job: Runs
    steps: [{ checkout: none }, { script: echo first }]
  - job: Not
    dependsOn: Runs
    condition: false
    steps: [{ script: echo }]
  - job: Odd
    dependsOn: Runs
    condition: format('{1}', 'x')
    steps: [{ script: echo }]
  - job: Behind
    dependsOn: Odd
    condition: or(failed(), eq(dependencies.Odd.result, 'Failed'))
    steps: [{ script: echo }]
  - job: Anyway
    dependsOn: Odd
    condition: and(always(), eq(dependencies.ODD.Result, 'Abandoned'))
    steps: [{ checkout: none }]
- stage: B
  condition: false
  jobs:
  - job: Never
    steps: [{ script: echo }]
`;

  it('stand there as pending from the start for all stages and phases', async () => {
    let atStart: string[] = [];
    const told = new Map<string, TimelineRecord>();
    await bench.run(
      graph,
      {},
      {
        onRecord: (record) => told.set(record.id, record),
        onLine: (line) => {
          if (line === 'first')
            atStart = [...told.values()].map(({ type, name, state }) => `${type} ${name} ${state}`);
        },
      },
    );
    const pending = ['Phase Not', 'Phase Odd', 'Phase Behind', 'Phase Anyway', 'Stage B', 'Phase Never'];
    assert.deepEqual(
      atStart.filter((line) => /^(Stage|Phase) .* pending$/.test(line)),
      pending.map((name) => `${name} pending`),
    );
    assert.equal(atStart.filter((line) => line.startsWith('Job ')).length, 1);
  });

  it('have a Job only for what ran, and a Phase with the result of what did not', async () => {
    const seen = await bench.run(graph);
    const ofType = (wanted: TimelineRecord['type']) =>
      seen.records.filter(({ type }) => type === wanted).map(({ name, result }) => `${name} ${result}`);
    assert.deepEqual(ofType('Job'), ['Runs succeeded', 'Anyway succeeded']);
    assert.deepEqual(ofType('Phase'), [
      'Runs succeeded',
      'Not skipped',
      'Odd abandoned',
      'Behind skipped',
      'Anyway succeeded',
      'Never skipped',
    ]);
    assert.match(seen.record('Odd', 'Phase').issues[0]?.message ?? '', /references more arguments/);
  });

  it('say twice of a canceled step that it is canceled', async () => {
    const controller = new AbortController();
    const seen = await bench.run(
      `steps:\n- checkout: none\n${evalStep("say('up'); setInterval(() => 0, 1000)", { displayName: 'Long' })}`,
      {},
      {
        signal: controller.signal,
        onLine: (line) => {
          if (line === 'up') controller.abort();
        },
      },
    );
    assert.deepEqual(
      seen.record('Long').issues.map(({ type, message }) => `${type} ${message}`),
      [
        'error The Operation will be canceled. The next steps may not contain expected logs.',
        'error The operation was canceled.',
      ],
    );
  });
});
