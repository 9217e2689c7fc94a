import assert from 'node:assert/strict';
import { type Bench, type Seen, evalStep, makeBench } from './fixture.ts';

const set = (name: string, value: string) =>
  `echo "##vso[task.setvariable variable=${name};isoutput=true]${value}"`;

describe('stages and jobs in the local agent', () => {
  let bench: Bench;
  before(async () => {
    bench = await makeBench();
  });
  after(() => bench.remove());

  const stages = (seen: Seen) =>
    seen.records.filter(({ type }) => type === 'Stage').map(({ name, result }) => `${name} ${result}`);

  it('hands outputs from job to job and from stage to stage', async () => {
    const seen = await bench.run(`
stages:
- stage: Build
  jobs:
  - job: A
    steps:
    - checkout: none
    - script: ${set('tag', '1.10')}
      name: image
  - job: B
    dependsOn: A
    variables:
      tag: $[ dependencies.A.outputs['image.tag'] ]
      was: $[ dependencies.A.result ]
    condition: eq(dependencies.A.outputs['image.tag'], '1.10')
    steps:
    - checkout: none
    - script: echo "$(tag) $(was)"
      displayName: In job
- stage: Deploy
  condition: and(succeeded(), eq(dependencies.Build.outputs['A.image.tag'], '1.10'))
  variables:
    fromStage: $[ stageDependencies.Build.A.outputs['image.tag'] ]
  jobs:
  - deployment: Ship
    environment: prod
    strategy:
      runOnce:
        deploy:
          steps:
          - script: ${set('url', 'x')}
            name: ship
          - script: echo "$(fromStage) $(Environment.Name)"
            displayName: In stage
  - job: After
    dependsOn: Ship
    variables:
      url: $[ dependencies.Ship.outputs['Ship.ship.url'] ]
    steps:
    - checkout: none
    - script: echo "$(url)"
      displayName: After deployment
`);
    assert.deepEqual(seen.log('In job'), ['1.10 Succeeded']);
    assert.deepEqual(seen.log('In stage'), ['1.10 prod']);
    assert.deepEqual(seen.log('After deployment'), ['x']);
    assert.equal(seen.record('Ship', 'Job').identifier, 'Deploy.Ship.Deploy');
    assert.equal(seen.outcome.result, 'succeeded');
  });

  it('builds the tree of records: stage, phase, job, task', async () => {
    const seen = await bench.run(
      'stages:\n- stage: S\n  jobs:\n  - job: J\n    steps: [{ script: echo, displayName: T }]',
    );
    const chain = [
      seen.record('T'),
      seen.record('J', 'Job'),
      seen.record('J', 'Phase'),
      seen.record('S', 'Stage'),
    ];
    assert.deepEqual(
      chain.slice(0, -1).map(({ parentId }) => parentId),
      chain.slice(1).map(({ id }) => id),
    );
    assert.deepEqual(
      chain.slice(1).map(({ identifier }) => identifier),
      ['S.J.__default', 'S.J', 'S'],
    );
    assert.ok(
      chain.every(({ state, startTime, finishTime }) => state === 'completed' && startTime && finishTime),
    );
    assert.equal(seen.record('T').task?.name, 'CmdLine');
    assert.equal(seen.record('J', 'Job').workerName, 'local-agent');
  });

  it('runs a matrix from an output of another job', async () => {
    const seen = await bench.run(`
jobs:
- job: Find
  steps:
  - checkout: none
  - bash: |
      echo '##vso[task.setvariable variable=legs;isoutput=true]{"a":{"service":"one"},"b":{"service":"two"}}'
    name: find
- job: Each
  dependsOn: Find
  strategy:
    maxParallel: 1
    matrix: $[ dependencies.Find.outputs['find.legs'] ]
  steps:
  - checkout: none
  - script: ${set('was', '$(service)')}
    name: each
- job: Last
  dependsOn: Each
  variables:
    b: $[ dependencies.Each.outputs['b.each.was'] ]
  steps:
  - checkout: none
  - script: echo "$(b) $(System.JobName)"
    displayName: Show
`);
    const legs = seen.records.filter(({ type, name }) => type === 'Job' && name.startsWith('Each'));
    assert.deepEqual(
      legs.map(({ name, identifier, result }) => [name, identifier, result]),
      [
        ['Each a', 'Each.a', 'succeeded'],
        ['Each b', 'Each.b', 'succeeded'],
      ],
    );
    assert.deepEqual(seen.log('Show'), ['two __default']);
  });

  it('skips what a failure keeps from running, and runs what waits for one', async () => {
    const seen = await bench.run(`
stages:
- stage: A
  jobs:
  - job: Bad
    steps: [{ checkout: none }, { script: exit 1 }]
  - job: Behind
    dependsOn: Bad
    steps: [{ script: echo }]
- stage: B
  jobs: [{ job: X, steps: [{ script: echo }] }]
- stage: C
  dependsOn: A
  condition: failed()
  jobs: [{ job: X, steps: [{ checkout: none }, { script: echo }] }]
- stage: D
  dependsOn: A
  condition: in(dependencies.A.result, 'Failed')
  jobs: [{ job: X, steps: [{ checkout: none }, { script: echo }] }]
`);
    assert.deepEqual(stages(seen), ['A failed', 'B skipped', 'C succeeded', 'D succeeded']);
    assert.equal(seen.record('Behind', 'Phase').result, 'skipped');
    assert.equal(seen.outcome.result, 'failed');
  });

  it('counts a failure with continueOnError as a partial success', async () => {
    const seen = await bench.run(`
jobs:
- job: A
  continueOnError: true
  steps: [{ checkout: none }, { script: exit 1 }]
- job: B
  dependsOn: A
  steps:
  - checkout: none
  - script: exit 1
    displayName: Soft
    continueOnError: true
  - script: echo "$AGENT_JOBSTATUS"
    displayName: Status
`);
    assert.equal(seen.record('A', 'Job').result, 'succeededWithIssues');
    assert.equal(seen.record('Soft').result, 'succeededWithIssues');
    assert.deepEqual(seen.log('Status'), ['SucceededWithIssues']);
    assert.equal(seen.outcome.result, 'partiallySucceeded');
  });

  it('fails a step whose condition cannot be evaluated, and leaves out steps that are not enabled', async () => {
    const seen = await bench.run(`
steps:
- checkout: none
- script: echo
  displayName: Odd
  condition: nosuch()
- script: echo
  displayName: Off
  enabled: false
`);
    assert.equal(seen.record('Odd').result, 'failed');
    assert.throws(() => seen.record('Off'));
  });

  it('runs failed stages again as the next attempt and leaves the others', async () => {
    const yaml = `
stages:
- stage: Build
  jobs:
  - job: Make
    steps:
    - checkout: none
    - script: ${set('tag', 'v1')}
      name: make
- stage: Deploy
  variables:
    tag: $[ stageDependencies.Build.Make.outputs['make.tag'] ]
  jobs:
  - job: Fine
    steps: [{ checkout: none }, { script: echo }]
  - job: Flaky
    steps:
    - checkout: none
${evalStep(
  "say('attempt ' + process.env.SYSTEM_STAGEATTEMPT + ' ' + process.env.TAG); if (process.env.SYSTEM_JOBATTEMPT === '1') process.exitCode = 1",
  { displayName: 'Flaky step' },
).replaceAll(/^/gm, '    ')}
- stage: Report
  jobs: [{ job: Say, steps: [{ checkout: none }, { script: echo }] }]
`;
    const first = await bench.run(yaml, { buildId: 500 });
    assert.deepEqual(stages(first), ['Build succeeded', 'Deploy failed', 'Report skipped']);
    const again = await bench.run(yaml, { buildId: 500, rerun: { attempt: 2, records: first.records } });
    assert.deepEqual(stages(again), ['Deploy succeeded', 'Report succeeded']);
    assert.equal(again.outcome.result, 'succeeded');
    assert.equal(again.outcome.buildNumber, first.outcome.buildNumber);
    assert.deepEqual(again.log('Flaky step'), ['attempt 2 v1']);
    assert.throws(() => again.record('Fine', 'Job'));
    const stage = again.record('Deploy', 'Stage');
    assert.equal(stage.attempt, 2);
    assert.equal(stage.id, first.record('Deploy', 'Stage').id);
    assert.deepEqual(
      stage.previousAttempts.map(({ attempt, recordId }) => [attempt, recordId]),
      [[1, stage.id]],
    );
  });

  it('runs jobs side by side, as many as there are places', async () => {
    const job = (name: string) =>
      `- job: ${name}\n  steps:\n  - checkout: none\n  - bash: sleep 0.3; echo done\n`;
    const seen = await bench.run(`jobs:\n${['A', 'B', 'C'].map(job).join('')}`);
    const jobs = seen.records.filter(({ type }) => type === 'Job');
    assert.deepEqual(new Set(jobs.map(({ workerName }) => workerName)).size, 2);
    assert.equal(seen.outcome.result, 'succeeded');
  });
});
