import assert from 'node:assert/strict';
import { startBench, webhook } from '../support/loop-run.ts';
import { until } from '../support/until.ts';

const pipeline = `
trigger: none
${webhook}
pool:
  vmImage: windows-latest
steps:
- task: PortRunStatus@1
  displayName: Report
  inputs:
    portConnection: port
    runId: \${{ parameters.port.port_context.runId }}
    liveProgress: true
- script: ping -n 7 127.0.0.1 >nul
  displayName: terraform plan
- script: ren s renamed && ren renamed s
  displayName: Move the sources
  workingDirectory: $(Pipeline.Workspace)
- script: ping -n 6 127.0.0.1 >nul
  displayName: terraform apply
`;

for (const node of ['node20', 'node24'] as const)
  describe(`Live progress on Windows, on ${node}`, () => {
    it('follows the steps, locks no folder, and is gone at the end', async function () {
      this.timeout(60_000);
      const bench = await startBench(pipeline, { agent: { node } });
      try {
        const { runId, buildId } = await bench.start();
        const labels = new Set<string>();
        await until(
          'the run has ended',
          () => {
            const { status, statusLabel } = bench.portRun(runId);
            labels.add(String(statusLabel).replace(/, .*/, ''));
            return status !== 'IN_PROGRESS';
          },
          40_000,
        );
        const build = await bench.loop.azureDevOps.waitForBuild(buildId);
        assert.equal(build.result, 'succeeded', bench.loop.azureDevOps.buildLog(buildId));
        assert.ok(labels.has('terraform plan') && labels.has('terraform apply'), [...labels].join());
        assert.match(bench.logText(runId), /✓ terraform plan/);
      } finally {
        await bench.close();
      }
    });
  });
