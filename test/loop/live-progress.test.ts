import assert from 'node:assert/strict';
import { labelsUntilEnd, startBench, webhook } from '../support/loop-run.ts';

describe('live progress', () => {
  it('moves the label with the steps, adds a line for each that ended, and is gone at the end', async function () {
    this.timeout(40_000);
    const bench = await startBench(`trigger: none
${webhook}
steps:
- task: PortRunStatus@1
  displayName: Report to Port
  inputs:
    portConnection: port
    runId: \${{ parameters.port.port_context.runId }}
    liveProgress: true
- script: sleep 6
  displayName: terraform plan
- script: sleep 6
  displayName: terraform apply
`);
    try {
      const { runId, buildId } = await bench.start();
      const labels = await labelsUntilEnd(bench, runId, 30_000);
      const build = await bench.loop.azureDevOps.waitForBuild(buildId);
      assert.equal(build.result, 'succeeded');
      assert.deepEqual(
        labels.map((label) => label.replace(/\d+ of \d+/, 'n of m')),
        ['terraform plan, n of m', 'terraform apply, n of m', 'Succeeded'],
      );
      assert.match(bench.logText(runId), /✓ terraform plan \(6\.\d s\)/);
      const reads = bench.loop.azureDevOps.requests.filter(({ path }) => path.includes('/timeline'));
      assert.ok(reads.length <= 3, `${reads.length} reads of the timeline in 12 s`);
      assert.equal(
        bench.loop.port.requests.filter(({ path }) => path.includes('access_token')).length,
        4,
        'one token for each process, and one for the test',
      );
    } finally {
      await bench.close();
    }
  });
});
