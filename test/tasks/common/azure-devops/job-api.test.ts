import assert from 'node:assert/strict';
import { isProblem, openJobApi } from '../../../../tasks/common/azure-devops/job-api.ts';
import { systemClock } from '../../../../tasks/common/clock.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { type ScriptedServer, startScriptedServer } from '../../../support/scripted-server.ts';
import { until } from '../../../support/until.ts';

describe('Azure DevOps as the job asks it', () => {
  let server: ScriptedServer;
  beforeEach(async () => {
    server = await startScriptedServer([{ status: 200, body: { value: 7 } }]);
  });
  afterEach(() => server.close());

  const open = (connections?: number) => {
    const host = new FakeHost({
      variables: {
        ...{ 'System.CollectionUri': `${server.url}/organization/`, 'System.AccessToken': 'token' },
        ...{ 'System.TeamProjectId': 'project', 'Build.BuildId': '42' },
      },
    });
    const { signal } = new AbortController();
    const api = openJobApi({ host, clock: systemClock, environment: {}, signal }, 5000, connections);
    assert.ok(!isProblem(api));
    return api;
  };
  const question = { path: 'build', what: 'this run' };

  it('is connected to ahead of questions that go side by side, and left by all connections', async () => {
    const api = open(2);
    await until('both are open', () => server.connections === 2);
    assert.deepEqual(server.lines, []);
    const answers = await Promise.all([1, 2].map(() => api.ask(question, (answer) => answer)));
    assert.deepEqual([answers, server.connections], [[{ value: 7 }, { value: 7 }], 2]);
    await api.close();
    await until('both are closed', () => server.openSockets === 0, 2000);
  });

  it('is not connected to before its first question where one follows the other', async () => {
    const api = open();
    // Whatever it had begun to open would be there before what is opened now.
    await fetch(server.url);
    assert.equal(server.connections, 1);
    await api.ask(question, (answer) => answer);
    assert.equal(server.connections, 2);
    await api.close();
  });

  it('lets a fault of its reader through', async () => {
    const api = open();
    const fault = new TypeError('no such member');
    await assert.rejects(
      api.ask(question, () => {
        throw fault;
      }),
      fault,
    );
    await api.close();
  });
});
