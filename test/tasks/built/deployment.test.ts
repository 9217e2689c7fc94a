import assert from 'node:assert/strict';
import { agentNodes } from '../../../local/agent/nodes.ts';
import type { LocalPort } from '../../../local/port/index.ts';
import { addEntity, deploymentState, startFilledPort } from '../../network/port-fixture.ts';
import { runTaskProcess } from '../../support/task-process.ts';

for (const [name, node] of Object.entries(agentNodes)) {
  describe(`PortDeployment as a bare process on ${name}`, function () {
    this.timeout(30_000);
    let port: LocalPort;
    beforeEach(async () => {
      port = await startFilledPort();
      await addEntity(port, 'one');
    });
    afterEach(() => port.close());

    const run = async (more: Readonly<Record<string, string>>, environment = {}, entry?: 'finish') => {
      const ran = await runTaskProcess('PortDeployment', {
        ...{ node, environment, ...(entry !== undefined && { entry }) },
        inputs: { service: 'one', environment: 'test', contents: 'false', ...more },
        variables: {
          ...{ PORT_CLIENT_ID: port.clientId, PORT_BASE_URL: port.url, 'Agent.JobStatus': 'Failed' },
          ...{ 'Build.BuildId': '7', 'Build.DefinitionName': 'shop', 'System.StageName': 'Deploy' },
        },
        secrets: { PORT_CLIENT_SECRET: port.clientSecret },
      });
      assert.deepEqual([ran.result, ran.exitCode, ran.completions], ['Succeeded', 0, 1], ran.output);
      return ran;
    };

    it('leaves the end of the job to its post-job part, which records it', async () => {
      const { output } = await run({});
      assert.match(output, /variable=identifier;isOutput=true;[^\]]*\]shop-7-Deploy-test$/m);
      const [, address] =
        /settaskvariable variable=PORT_DEPLOYMENT_ADDRESS;[^\]]*\](\S+)/i.exec(output) ?? [];
      assert.equal(address, port.url);
      assert.equal(deploymentState(port), 'nothing');
      const { summaries } = await run({}, { VSTS_TASKVARIABLE_PORT_DEPLOYMENT_ADDRESS: address }, 'finish');
      assert.equal(deploymentState(port), 'shop-7-Deploy-test Failed');
      assert.match(summaries.join(), /\| Status \| Failed \|/);
    });

    it('records at once, and leaves nothing to its post-job part', async () => {
      await run({ record: 'now', status: 'success' });
      assert.equal(deploymentState(port), 'shop-7-Deploy-test Success');
      const { output } = await run({ record: 'now', status: 'success' }, {}, 'finish');
      assert.match(output, /No deployment is recorded: the step itself did not ask for it/);
    });
  });
}
