import assert from 'node:assert/strict';
import { type Bench, startBench, webhook } from '../support/loop-run.ts';

const port = (inputs: string, name = 'Report to Port') => `
      - task: PortRunStatus@1
        displayName: ${name}
        inputs:
          portConnection: port
          runId: \${{ parameters.port.port_context.runId }}
${inputs}`;
const tracked = port('          scope: pipeline');
const report = port('          status: auto\n          scope: pipeline');

const pipeline = (stages: string) => `trigger: none\n${webhook}\nstages:\n${stages}`;
const stage = (name: string, steps: string, more = '') => `
- stage: ${name}
${more}  jobs:
  - job: Job${name}
    steps:${steps}
`;
const reportIn = (status: string) =>
  `{ task: PortRunStatus@1, inputs: { portConnection: port, runId: '\${{ parameters.port.port_context.runId }}', status: ${status} } }`;
const deployment = (hooks: string) =>
  `- stage: Ship\n  jobs:\n    - deployment: Ship\n      environment: prod\n      strategy:\n        runOnce:\n${hooks}\n`;
const works = '\n      - script: echo working\n';
const breaks = '\n      - script: exit 7\n        displayName: terraform apply\n';

describe('a pipeline of several stages', () => {
  let bench: Bench | undefined;
  afterEach(() => bench?.close());

  const run = async (stages: string) => {
    bench = await startBench(pipeline(stages));
    const { runId, build } = await bench.run();
    const { status, statusLabel } = bench.portRun(runId);
    return {
      bench,
      build,
      runId,
      shown: [status, statusLabel],
      log: bench.loop.azureDevOps.buildLog(build.id),
    };
  };

  it('with track in each job stays open until the last one, whose end is that of the run', async () => {
    const { shown, log } = await run(stage('Build', tracked + works) + stage('Deploy', tracked + works));
    assert.deepEqual(shown, ['SUCCESS', 'Succeeded']);
    assert.match(log, /The run stays open: still to come or running are Deploy/);
    assert.match(log, /IN_PROGRESS "Build succeeded"/);
  });

  it('with track in each job ends with the first failure, since the later stages are skipped', async () => {
    const { shown } = await run(stage('Build', tracked + breaks) + stage('Deploy', tracked + works));
    assert.deepEqual(shown, ['FAILURE', 'Failed at Build › terraform apply']);
  });

  it('of two jobs that end at the same time ends with the second', async () => {
    const jobs = ['one', 'two'].map(
      (name) => `  - job: ${name}\n    steps:${tracked}\n      - script: sleep 1\n`,
    );
    const { shown } = await run(`- stage: Build\n  jobs:\n${jobs.join('')}`);
    assert.deepEqual(shown, ['SUCCESS', 'Succeeded']);
  });

  it('names the job while its stage has others', async () => {
    const jobs = ['quick', 'slow'].map(
      (name) => `  - job: ${name}\n    steps:${tracked}\n      - script: sleep ${name === 'slow' ? 2 : 0}\n`,
    );
    const { shown, log } = await run(`- stage: Build\n  jobs:\n${jobs.join('')}`);
    assert.deepEqual(shown, ['SUCCESS', 'Succeeded']);
    assert.match(log, /IN_PROGRESS "quick succeeded"/);
  });

  it('with a reporting stage shows what failed before it', async () => {
    const last = stage(
      'Report',
      `\n      - checkout: none\n${report}`,
      '  dependsOn: [Build, Deploy]\n  condition: always()\n',
    );
    const { shown, bench: used, runId } = await run(stage('Build', works) + stage('Deploy', breaks) + last);
    assert.deepEqual(shown, ['FAILURE', 'Failed at Deploy › terraform apply']);
    assert.match(used.logText(runId), /Failed: Deploy › terraform apply\n {2}Bash exited with code '7'/);
  });

  it('with a reporting stage succeeds though a condition skipped a stage', async () => {
    const last = stage(
      'Report',
      `\n      - checkout: none\n${report}`,
      '  dependsOn: [Build, Never]\n  condition: always()\n',
    );
    const { shown } = await run(stage('Build', works) + stage('Never', works, '  condition: false\n') + last);
    assert.deepEqual(shown, ['SUCCESS', 'Succeeded']);
  });

  it('counts a job that failed with continueOnError as success with issues', async () => {
    const tolerant = stage('Test', breaks).replace(
      '  - job: JobTest\n',
      '  - job: JobTest\n    continueOnError: true\n',
    );
    const last = stage('Report', `\n      - checkout: none\n${report}`, '  condition: always()\n');
    const { shown } = await run(tolerant + last);
    assert.deepEqual(shown, ['SUCCESS', 'Succeeded with issues']);
  });

  it('counts a stage that was run again by its last attempt', async () => {
    const flaky = '\n      - script: "test $(System.StageAttempt) -gt 1"\n        displayName: Flaky\n';
    const last = stage('Report', `\n      - checkout: none\n${report}`);
    const { bench: used, build, runId, shown } = await run(stage('Test', flaky) + last);
    assert.equal(shown[0], 'IN_PROGRESS');
    used.loop.azureDevOps.rerunFailedStages(build.id);
    await used.loop.azureDevOps.waitForBuild(build.id);
    assert.equal(used.portRun(runId).status, 'SUCCESS');
  });

  it('warns that track in a hook of a deployment job ends with that hook', async () => {
    const { shown, build, log } = await run(
      deployment(`          preDeploy: { steps: [${reportIn('track')}] }
          deploy: { steps: [{ script: exit 7 }] }`),
    );
    assert.equal(build.result, 'failed');
    assert.deepEqual(shown, ['SUCCESS', 'Succeeded']);
    assert.match(log, /##\[warning\]This step tracks the hook PreDeploy of a deployment job/);
  });

  for (const status of ['track', 'auto'])
    it(`is a failure where on: failure of a deployment job reports ${status}`, async () => {
      const { shown } = await run(
        deployment(`          deploy: { steps: [{ script: exit 7 }] }
          on: { failure: { steps: [${reportIn(status)}] } }`),
      );
      assert.deepEqual(shown, ['FAILURE', 'Failed']);
    });

  it('stays open, with a warning, where the timeline cannot be read', async () => {
    bench = await startBench(pipeline(stage('Build', tracked + works)), {
      azureDevOps: { jobToken: 'denied' },
    });
    const { runId, build } = await bench.run();
    const { status, statusLabel } = bench.portRun(runId);
    assert.deepEqual([status, statusLabel], ['IN_PROGRESS', 'Build succeeded']);
    assert.match(
      bench.loop.azureDevOps.buildLog(build.id),
      /##\[warning\]The run stays open: .*cannot be told \(Azure DevOps answered 40[13]/,
    );
  });

  it('ends with the failure of a job also where the timeline cannot be read', async () => {
    bench = await startBench(pipeline(stage('Build', tracked + breaks)), {
      azureDevOps: { jobToken: 'denied' },
    });
    const { runId, build } = await bench.run();
    const { status, statusLabel } = bench.portRun(runId);
    assert.deepEqual([status, statusLabel], ['FAILURE', 'Failed']);
    assert.match(
      bench.loop.azureDevOps.buildLog(build.id),
      /cannot be told in detail: Azure DevOps answered 40[13]: the job's token may not read this run/,
    );
  });
});
