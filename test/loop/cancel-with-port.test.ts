import assert from 'node:assert/strict';
import { signInToPort } from '../../local/port-user.ts';
import { type Bench, startBench, webhook } from '../support/loop-run.ts';
import { until } from '../support/until.ts';

const pipeline = `trigger: none
${webhook}
steps:
- task: PortRunStatus@1
  displayName: Report to Port
  inputs:
    portConnection: port
    runId: $(portRun)
    liveProgress: true
    cancelWithPort: true
- script: sleep 25
  displayName: terraform apply
`;

describe('A pipeline run with cancelWithPort', () => {
  let bench: Bench;
  let canceled: Awaited<ReturnType<typeof play>>;
  let ofNode: Awaited<ReturnType<typeof play>>;

  /** Starts a build for the Port run, lets it be ended once its step runs, and waits for the build. */
  const play = async (portRun: string, end: () => Promise<unknown>) => {
    const { azureDevOps } = bench.loop;
    const { id } = await azureDevOps.queue({ definitionId: 1, variables: { portRun: { value: portRun } } });
    await until(
      'the step runs',
      () => azureDevOps.buildLog(id).includes('Starting: terraform apply'),
      60_000,
    );
    await end();
    const build = await azureDevOps.waitForBuild(id);
    return { build, log: azureDevOps.buildLog(id) };
  };

  before(async function () {
    this.timeout(120_000);
    bench = await startBench(pipeline, { azureDevOps: { jobToken: 'stop' } });
    const { port } = bench.loop;
    const user = await signInToPort(port);
    const answer = await user.call('POST', '/v1/actions/deploy_service/runs', {
      properties: { service: 'checkout', environment: 'test' },
    });
    const { run } = answer as { run: { id: string } };
    const node = port.startNodeRun();
    [canceled, ofNode] = await Promise.all([
      play(run.id, () =>
        user.call('PATCH', `/v1/actions/runs/${run.id}`, { status: 'FAILURE', statusLabel: 'not today' }),
      ),
      play(node.identifier, () =>
        user.call('POST', `/v1/workflows/runs/${node.workflowRunIdentifier}/cancel`),
      ),
    ]);
    assert.equal(port.store.workflowRun(node.workflowRunIdentifier).result, 'CANCELLED');
    assert.equal(port.store.run(run.id).statusLabel, 'not today');
  });
  after(() => bench.close());

  it('is canceled when somebody ends the run in Port, and its log says who', () => {
    assert.equal(canceled.build.result, 'canceled');
    assert.match(
      canceled.log,
      /Port run r_\w+ was ended in Port as FAILURE "not today" by \S+, so this pipeline run was canceled/,
    );
  });

  it('is canceled when its workflow run is cancelled, and the workflow run then ends as cancelled', () => {
    assert.equal(ofNode.build.result, 'canceled');
    assert.match(ofNode.log, /The workflow run wfr_\w+ of this node is being cancelled in Port, so/);
  });

  it('is canceled once', () => {
    const patches = bench.loop.azureDevOps.requests.filter(({ method }) => method === 'PATCH');
    assert.equal(patches.length, 2);
  });
});
