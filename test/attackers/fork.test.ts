import assert from 'node:assert/strict';
import { agentNodes } from '../../local/agent/nodes.ts';
import { type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';
import { runTaskProcess } from '../support/task-process.ts';

for (const [name, node] of Object.entries(agentNodes)) {
  describe(`The pull request of a fork on ${name}`, function () {
    this.timeout(30_000);
    let server: ScriptedServer;
    beforeEach(async () => {
      server = await startScriptedServer([]);
    });
    afterEach(() => server.close());

    const fork = { 'System.PullRequest.IsFork': 'True', 'Build.Reason': 'PullRequest' };
    // A fork gets no secret: the agent leaves the macro as it is.
    const withoutSecret = () => ({
      clientId: 'the-client',
      clientSecret: '$(PORT_CLIENT_SECRET)',
      baseUrl: server.url,
      runId: 'r_abcdefgh12345678',
      status: 'track',
    });

    for (const [what, inputs] of [
      ['without any input', () => ({})],
      ['with a client secret that no variable fills in', withoutSecret],
    ] as const)
      for (const entry of ['index', 'finish'] as const)
        it(`reports nothing and succeeds, ${entry === 'index' ? 'in' : 'after'} the job, ${what}`, async () => {
          const variables = { ...fork, 'Agent.JobStatus': 'Failed' };
          const { result, output } = await runTaskProcess('PortRunStatus', {
            node,
            entry,
            inputs: inputs(),
            variables,
          });
          assert.equal(result, 'Succeeded', output);
          assert.equal(server.requests.length, 0);
        });
  });
}
