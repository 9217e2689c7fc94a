import assert from 'node:assert/strict';
import { labelsUntilEnd, startBench } from '../support/loop-run.ts';
import { trackedOnWindows } from './pipeline.ts';

const pipeline = trackedOnWindows(
  '    liveProgress: true',
  `- script: ping -n 7 127.0.0.1 >nul
  displayName: terraform plan
- script: ren s renamed && ren renamed s
  displayName: Move the sources
  workingDirectory: $(Pipeline.Workspace)
- script: ping -n 6 127.0.0.1 >nul
  displayName: terraform apply`,
);

for (const node of ['node20', 'node24'] as const)
  describe(`Live progress on Windows, on ${node}`, () => {
    it('follows the steps, locks no folder, and is gone at the end', async function () {
      this.timeout(60_000);
      const bench = await startBench(pipeline, { agent: { node } });
      try {
        const { runId, buildId } = await bench.start();
        const labels = await labelsUntilEnd(bench, runId, 40_000);
        const steps = labels.map((label) => label.replace(/, .*/, ''));
        const build = await bench.loop.azureDevOps.waitForBuild(buildId);
        assert.equal(build.result, 'succeeded', bench.loop.azureDevOps.buildLog(buildId));
        assert.ok(steps.includes('terraform plan') && steps.includes('terraform apply'), labels.join());
        assert.match(bench.logText(runId), /✓ terraform plan/);
      } finally {
        await bench.close();
      }
    });
  });
