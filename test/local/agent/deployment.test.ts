import assert from 'node:assert/strict';
import { type Bench, type Seen, makeBench } from './fixture.ts';

const hook = (name: string, script: string) => `
        ${name}:
          steps: [{ script: '${script}', displayName: ${name} step }]`;

const on = (name: string, script = 'echo "$(Environment.Name) $AGENT_JOBSTATUS"') => `
          ${name}:
            steps: [{ script: '${script}', displayName: ${name} step }]`;

const deployment = (hooks: string, more = '') => `
jobs:
- deployment: Ship
  displayName: Ship it
  environment: prod${more}
  strategy:
      runOnce:${hooks}
- job: After
  dependsOn: Ship
  steps: [{ checkout: none }, { script: echo }]
`;

describe('deployment jobs in the local agent', () => {
  let bench: Bench;
  before(async () => {
    bench = await makeBench();
  });
  after(() => bench.remove());

  const jobs = (seen: Seen) =>
    seen.records
      .filter(({ type, identifier }) => type === 'Job' && identifier.startsWith('Ship.'))
      .map(({ refName, result }) => `${refName} ${result}`);

  it('run each hook as a job of its own, in their order, whatever order the YAML has', async () => {
    const seen = await bench.run(
      deployment(
        hook('postRouteTraffic', 'echo 4') +
          hook('routeTraffic', 'echo 3') +
          hook('deploy', 'ls $(Build.SourcesDirectory); echo "$(Environment.Name) $(Strategy.Name)"') +
          hook('preDeploy', 'echo "$(Environment.Name) $(System.JobName)"') +
          `
        on:${on('success')}${on('failure')}`,
      ),
    );
    assert.deepEqual(jobs(seen), [
      'PreDeploy succeeded',
      'Deploy succeeded',
      'RouteTraffic succeeded',
      'PostRouteTraffic succeeded',
      'OnSuccess succeeded',
    ]);
    const records = seen.records.filter(({ name, type }) => type === 'Job' && name === 'Ship it');
    assert.deepEqual(
      records.map(({ identifier, order }) => [identifier, order]),
      ['PreDeploy', 'Deploy', 'RouteTraffic', 'PostRouteTraffic', 'OnSuccess'].map((name, index) => [
        `Ship.${name}`,
        index + 1,
      ]),
    );
    const phase = seen.record('Ship it', 'Phase');
    assert.ok(records.every(({ parentId }) => parentId === phase.id));
    const { refName, result } = phase;
    assert.deepEqual([refName, result], ['Ship', 'succeeded']);
    const inits = seen.records.filter(({ name }) => name === 'Initialize job');
    assert.equal(inits.length, 6);
    assert.deepEqual(seen.log('preDeploy step'), ['prod PreDeploy']);
    // Nothing was checked out.
    assert.deepEqual(seen.log('deploy step'), ['prod runOnce']);
    assert.deepEqual(seen.log('success step'), ['prod Succeeded']);
  });

  it('skip the deployment behind a failed preDeploy, and run on: failure', async () => {
    const seen = await bench.run(
      deployment(
        hook('preDeploy', 'exit 1') +
          hook('deploy', 'echo') +
          `
        on:${on('success')}${on('failure')}`,
      ),
    );
    assert.deepEqual(jobs(seen), ['PreDeploy failed', 'OnFailure succeeded']);
    assert.deepEqual(seen.log('failure step'), ['prod Succeeded']);
    assert.equal(seen.record('Ship it', 'Phase').result, 'failed');
    assert.equal(seen.record('After', 'Phase').result, 'skipped');
    assert.equal(seen.outcome.result, 'failed');
  });

  it('end with the hook that fails, and let only the jobs that follow go on with continueOnError', async () => {
    const seen = await bench.run(
      deployment(hook('deploy', 'exit 1') + hook('routeTraffic', 'echo'), '\n  continueOnError: true'),
    );
    assert.deepEqual(jobs(seen), ['Deploy failed']);
    assert.equal(seen.record('Ship it', 'Phase').result, 'succeededWithIssues');
    assert.equal(seen.record('After', 'Phase').result, 'succeeded');
    assert.equal(seen.outcome.result, 'partiallySucceeded');
  });

  it('are over when they are canceled, without on: failure', async () => {
    const abort = new AbortController();
    const seen = await bench.run(
      deployment(
        hook('preDeploy', 'echo waiting; sleep 20') +
          hook('deploy', 'echo') +
          `
        on:${on('failure')}`,
      ),
      {},
      {
        signal: abort.signal,
        onLine: (line) => {
          if (line === 'waiting') abort.abort();
        },
      },
    );
    assert.deepEqual(jobs(seen), ['PreDeploy canceled']);
    assert.equal(seen.outcome.result, 'canceled');
  });

  it("run a hook on its own pool's machine", async () => {
    const seen = await bench.run(`
jobs:
- deployment: Ship
  pool: { vmImage: ubuntu-latest }
  environment: prod
  strategy:
    runOnce:
      preDeploy:
        pool: { name: own, demands: ['Agent.OS -equals Darwin'] }
        steps: [{ bash: 'echo "$(Agent.OS)"', displayName: Mac }]
      deploy:
        steps: [{ bash: 'echo "$(Agent.OS)"', displayName: Job }]
`);
    assert.deepEqual([...seen.log('Mac'), ...seen.log('Job')], ['Darwin', 'Linux']);
  });

  it('hand outputs of any hook to later jobs by the name of the job', async () => {
    const set = (name: string) => `echo "##vso[task.setvariable variable=v;isoutput=true]${name}"`;
    const seen = await bench.run(`
jobs:
- deployment: Ship
  environment: prod
  strategy:
    runOnce:
      preDeploy:
        steps: [{ script: '${set('pre')}', name: gate }]
      deploy:
        steps: [{ script: '${set('dep')}', name: ship }]
- job: After
  dependsOn: Ship
  variables:
    all: $[ format('{0} {1}', dependencies.Ship.outputs['Ship.gate.v'], dependencies.Ship.outputs['Ship.ship.v']) ]
  steps: [{ checkout: none }, { script: 'echo "$(all)"', displayName: Say }]
`);
    assert.deepEqual(seen.log('Say'), ['pre dep']);
  });

  it('refuse the name deploy, which is a keyword', () =>
    assert.rejects(
      bench.run(deployment(hook('deploy', 'echo')).replace('deployment: Ship', 'deployment: deploy')),
      /'deploy' is a keyword, and no name of a deployment job/,
    ));

  it('refuse a hook that they do not know, and check steps and conditions in all of them', async () => {
    const refused = (hooks: string, message: RegExp) => assert.rejects(bench.run(deployment(hooks)), message);
    await refused(
      hook('deploy', 'echo') + hook('afterDeploy', 'echo'),
      /does not know 'afterDeploy' in runOnce/,
    );
    await refused(hook('preDeploy', 'echo'), /runOnce needs 'deploy'/);
    await refused(
      `${hook('deploy', 'echo')}
        preDeploy:
          steps: [{ task: Missing@1 }]`,
      /A task is missing. The pipeline references a task called 'Missing'.*job 'Ship'/,
    );
    await refused(
      `${hook('deploy', 'echo')}
        on:
          failure:
            steps: [{ script: echo, condition: nosuch( }]`,
      /Job Ship: Step {2}specifies condition nosuch\( which is not valid/,
    );
    await refused(
      `${hook('deploy', 'echo')}\n        on: { always: { steps: [] } }`,
      /does not know 'always' in on/,
    );
  });
});
