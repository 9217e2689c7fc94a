import assert from 'node:assert/strict';
import { isWindows, itOnPosix } from '../../support/where.ts';
import { type Bench, type FixtureTask, type Seen, evalStep, evalTask, makeBench } from './fixture.ts';

const withPost: FixtureTask = {
  ...evalTask,
  name: 'Post',
  json: {
    ...evalTask.json,
    prejobexecution: { Node20_1: { target: 'pre.js' } },
    execution: { Node20_1: { target: 'index.js' } },
    postjobexecution: { Node20_1: { target: 'post.js' } },
  },
  files: {
    ...evalTask.files,
    'pre.js': "console.log('##vso[task.settaskvariable variable=from]pre')",
    'post.js':
      "console.log('post ' + process.env.VSTS_TASKVARIABLE_FROM + ' ' + process.env.VSTS_TASKVARIABLE_MAIN + ' ' + process.env.AGENT_JOBSTATUS)",
  },
};

describe('the end of a job in the local agent', () => {
  let bench: Bench;
  before(async () => {
    bench = await makeBench([evalTask, withPost]);
  });
  after(() => bench.remove());

  /** Cancels the run when a log shows `mark`. */
  const cancelAt = async (mark: string, yaml: string): Promise<Seen> => {
    const controller = new AbortController();
    return bench.run(
      yaml,
      {},
      {
        signal: controller.signal,
        onLine: (line) => {
          if (line === mark) controller.abort();
        },
      },
    );
  };
  const results = (seen: Seen, names: readonly string[]) => names.map((name) => seen.record(name).result);
  const postStep = (code: string, more = {}) => evalStep(code, more).replace('Eval@1', 'Post@1');

  it('runs post-job parts last in, first out, also of a task whose main part was skipped', async () => {
    const seen = await bench.run(`
steps:
${postStep("say('##vso[task.settaskvariable variable=main]m')", { displayName: 'First' })}
- script: exit 1
  displayName: Bad
${postStep("say('no')", { displayName: 'Second' })}
`);
    const order = seen.records.filter(({ type }) => type === 'Task').sort((a, b) => a.order - b.order);
    assert.deepEqual(
      order.map(({ name, result }) => `${name}: ${result}`),
      [
        'Initialize job: succeeded',
        'Pre-job: First: succeeded',
        'Pre-job: Second: succeeded',
        'Checkout demo@main to s: succeeded',
        'First: succeeded',
        'Bad: failed',
        'Second: skipped',
        'Post-job: Second: succeeded',
        'Post-job: First: succeeded',
        'Post-job: Checkout demo@main to s: succeeded',
        'Finalize Job: succeeded',
      ],
    );
    assert.deepEqual(seen.log('Post-job: First'), ['post pre m Failed']);
    assert.deepEqual(seen.log('Post-job: Second'), ['post pre undefined Failed']);
    assert.match(seen.record('Bad').issues[0]?.message ?? '', /^Bash exited with code '1'\.$/);
  });

  it('sends SIGINT, then SIGTERM, then kills the step that a cancel meets', async () => {
    const seen = await cancelAt(
      'ready',
      `
steps:
- checkout: none
${evalStep(
  `process.on('SIGINT', () => say('int')); process.on('SIGTERM', () => say('term'));
setInterval(() => 0, 1000); say('ready');`,
  { displayName: 'Stubborn' },
)}
- script: echo never
  displayName: Never
- script: echo "status $AGENT_JOBSTATUS"
  displayName: Always
  condition: always()
- script: echo c
  displayName: OnCancel
  condition: canceled()
`,
    );
    assert.deepEqual(seen.log('Stubborn').slice(0, isWindows ? 4 : 5), [
      'ready',
      '##[error]The Operation will be canceled. The next steps may not contain expected logs.',
      'int',
      // Windows' Node knows no SIGTERM.
      ...(isWindows ? [] : ['term']),
      '##[error]The operation was canceled.',
    ]);
    assert.deepEqual(results(seen, ['Stubborn', 'Never', 'Always', 'OnCancel']), [
      'canceled',
      'skipped',
      'succeeded',
      'succeeded',
    ]);
    assert.deepEqual(seen.log('Always'), ['status Canceled']);
    assert.equal(seen.outcome.result, 'canceled');
    assert.equal(seen.record('Job', 'Job').result, 'canceled');
  });

  it('cancels a step that ends well on SIGINT, and runs its post-job part', async () => {
    const seen = await cancelAt(
      'ready',
      `
steps:
- checkout: none
${postStep("process.on('SIGINT', () => process.exit(0)); setInterval(() => 0, 1000); say('ready');", { displayName: 'Polite' })}
`,
    );
    assert.equal(seen.record('Polite').result, 'canceled');
    assert.deepEqual(seen.log('Post-job: Polite'), ['post pre undefined Canceled']);
  });

  it('does not interrupt a step whose condition holds after the cancel', async () => {
    const seen = await cancelAt(
      'ready',
      `
steps:
- checkout: none
${evalStep("say('ready'); setTimeout(() => say('done'), 100)", { displayName: 'Firm', condition: 'always()' })}
`,
    );
    assert.deepEqual(seen.log('Firm'), ['ready', 'done']);
    assert.equal(seen.record('Firm').result, 'succeeded');
    assert.equal(seen.outcome.result, 'canceled');
  });

  it('ends a job whose cancel timeout is over', async () => {
    const seen = await cancelAt(
      'ready',
      `
jobs:
- job: Slow
  cancelTimeoutInMinutes: 1
  steps:
  - checkout: none
  - bash: echo ready; sleep 60
    displayName: First
  - bash: sleep 60
    displayName: Second
    condition: always()
  - bash: echo x
    displayName: Third
    condition: always()
`,
    );
    assert.deepEqual(results(seen, ['First', 'Second', 'Third']), ['canceled', 'canceled', 'skipped']);
    assert.equal(seen.outcome.result, 'canceled');
  });

  it('cancels what waits in the queue, and stages that have not begun', async () => {
    const yaml = `
stages:
- stage: A
  jobs:
  - job: One
    steps:
    - checkout: none
    - bash: echo ready; sleep 60
      displayName: Wait
- stage: B
  jobs:
  - job: Two
    steps: [{ script: echo }]
- stage: C
  condition: always()
  jobs:
  - job: Three
    condition: always()
    steps:
    - checkout: none
    - script: echo ran
      displayName: Ran
`;
    const seen = await cancelAt('ready', yaml);
    const stages = seen.records
      .filter(({ type }) => type === 'Stage')
      .map(({ name, result }) => `${name} ${result}`);
    assert.deepEqual(stages, ['A canceled', 'B canceled', 'C succeeded']);
    assert.deepEqual(seen.log('Ran'), ['ran']);
    assert.equal(seen.outcome.result, 'canceled');
    const early = await bench.run('steps:\n- script: echo', {}, { signal: AbortSignal.abort() });
    assert.equal(early.outcome.result, 'canceled');
    assert.equal(
      early.records.some(({ type }) => type === 'Task'),
      false,
    );
  });

  it('fails a step by its timeout and cancels a job by its own', async () => {
    const step = await bench.run(`
steps:
- checkout: none
${evalStep("process.on('SIGINT', () => process.exit(0)); setInterval(() => 0, 1000)", { displayName: 'Long', timeoutInMinutes: 0.3, retryCountOnTaskFailure: 2 })}
`);
    assert.equal(step.record('Long').result, 'failed');
    assert.deepEqual(
      step.record('Long').issues.map(({ message }) => message),
      ['The task has timed out.'],
    );
    assert.equal(step.outcome.result, 'failed');
    const job = await bench.run(`
jobs:
- job: Long
  timeoutInMinutes: 0.3
  steps:
  - checkout: none
  - bash: sleep 60
    displayName: Sleep
  - script: echo "$AGENT_JOBSTATUS"
    displayName: After
    condition: always()
`);
    assert.deepEqual(results(job, ['Sleep', 'After']), ['canceled', 'succeeded']);
    assert.deepEqual(job.log('After'), ['Canceled']);
    assert.match(
      job.record('Long', 'Job').issues[0]?.message ?? '',
      /ran longer than the maximum time of 0.3 minutes/,
    );
    assert.equal(job.outcome.result, 'canceled');
  });

  it('runs nothing more when the agent is lost, and calls the job abandoned', async () => {
    const buildId = 9001;
    const seen = await bench.run(
      `
stages:
- stage: A
  jobs:
  - job: One
    steps:
    - checkout: none
${postStep("setInterval(() => 0, 1000); say('ready')", { displayName: 'Lost' }).replaceAll(/^/gm, '    ')}
- stage: B
  condition: failed()
  jobs:
  - job: Two
    steps: [{ checkout: none }]
`,
      { buildId },
      {
        onLine: (line) => {
          if (line === 'ready') bench.agent.lose(buildId);
        },
      },
    );
    assert.equal(seen.record('One', 'Job').result, 'abandoned');
    assert.match(seen.record('One', 'Job').issues[0]?.message ?? '', /^We stopped hearing from agent/);
    assert.deepEqual(results(seen, ['Lost', 'Post-job: Lost']), ['abandoned', 'skipped']);
    assert.equal(seen.record('A', 'Stage').result, 'failed');
    assert.equal(seen.record('B', 'Stage').result, 'succeeded');
    assert.equal(seen.outcome.result, 'failed');
  });

  itOnPosix('ends the processes that a job leaves behind', async () => {
    const seen = await bench.run(`
steps:
- checkout: none
${evalStep(
  "const child = require('child_process').spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }); child.unref(); say(child.pid)",
  { displayName: 'Leave' },
)}
`);
    const pid = Number(seen.log('Leave')[0]);
    assert.ok(seen.text.includes(`Terminate orphan process: pid (${pid})`));
  });

  it('retries a failed task, but not one that said Failed and exited with another code than 0', async () => {
    const counting = (body: string) =>
      evalStep(
        `const fs = require('fs'); const file = process.env.AGENT_TEMPDIRECTORY + '/n';
const n = fs.existsSync(file) ? Number(fs.readFileSync(file)) + 1 : 1; fs.writeFileSync(file, String(n));
say('try ' + n); ${body}`,
        { displayName: 'Try', retryCountOnTaskFailure: 1 },
      );
    const run = async (body: string) => bench.run(`steps:\n- checkout: none\n${counting(body)}`);
    const byCommand = await run("if (n === 1) say('##vso[task.complete result=Failed]')");
    assert.equal(byCommand.record('Try').result, 'succeeded');
    const byCode = await run('if (n === 1) process.exitCode = 1');
    assert.equal(byCode.record('Try').result, 'succeeded');
    const byBoth = await run(
      "if (n === 1) { say('##vso[task.complete result=Failed]'); process.exitCode = 1 }",
    );
    assert.equal(byBoth.record('Try').result, 'failed');
    assert.ok(byBoth.log('Try').includes('try 2'));
  });
});
