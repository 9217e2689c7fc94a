import assert from 'node:assert/strict';
import { type Bench, startBench } from '../support/loop-run.ts';
import { until } from '../support/until.ts';
import { trackedOnWindows } from './pipeline.ts';

/** Steps that wait for Port. */
const steps = {
  'PortUpsertEntity while Port is silent': `
- task: PortUpsertEntity@1
  displayName: Wait
  inputs: { portConnection: port, blueprint: deployment, identifier: one }`,
  'PortExecuteAction while it waits for a run': `
- task: PortExecuteAction@1
  displayName: Wait
  inputs: { portConnection: port, action: approve, properties: '{}' }`,
};

for (const node of ['node20', 'node24'] as const)
  describe(`A cancel on Windows, on ${node}`, function () {
    this.timeout(60_000);
    let bench: Bench;
    afterEach(() => bench.close());

    for (const [what, step] of Object.entries(steps))
      it(`reaches ${what} as Ctrl+C, and the run in Port ends`, async () => {
        bench = await startBench(trackedOnWindows('', step), { agent: { node } });
        const { port, azureDevOps, user } = bench.loop;
        await user.call('POST', '/v1/actions', {
          identifier: 'approve',
          title: 'Approve',
          trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {} } },
          requiredApproval: true,
          invocationMethod: { type: 'WEBHOOK', url: azureDevOps.url },
        });
        port.faults.add({ match: { path: /\/entities/ }, fault: { kind: 'silence' } });
        const { runId, buildId } = await bench.start();
        await until('the step waits', () =>
          port.requests.some(({ path }) => /\/entities|\/actions\/approve\/runs/.test(path)),
        );
        await new Promise((resolve) => setTimeout(resolve, 1000));
        const canceled = Date.now();
        azureDevOps.cancel(buildId);
        const build = await azureDevOps.waitForBuild(buildId);
        const log = azureDevOps.buildLog(buildId);
        assert.equal(build.result, 'canceled');
        assert.match(log, /Canceled/, log);
        assert.ok(Date.now() - canceled < 5000, 'Ctrl+C was enough');
        const { status, statusLabel } = bench.portRun(runId);
        assert.deepEqual([status, statusLabel], ['FAILURE', 'Canceled']);
      });
  });
