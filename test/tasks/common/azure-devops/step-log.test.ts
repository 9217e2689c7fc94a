import assert from 'node:assert/strict';
import { readLogTail } from '../../../../tasks/common/azure-devops/step-log.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { type Reply, startScriptedServer } from '../../../support/scripted-server.ts';
import { swiftClock } from '../../../support/task-setting.ts';

const json = (value: readonly unknown[]): Reply => ({ status: 200, body: { count: value.length, value } });
const logs = json([null, { id: 6, lineCount: 9 }, { id: 7, lineCount: 120 }]);

describe('The last lines of a log', () => {
  const read = async (
    replies: readonly Reply[],
    ids: Readonly<Record<string, string>> = { 'Build.BuildId': '42' },
  ) => {
    const server = await startScriptedServer(replies);
    try {
      const host = new FakeHost({
        variables: {
          ...{ 'System.CollectionUri': `${server.url}/`, 'System.AccessToken': 'token' },
          ...{ 'System.TeamProjectId': 'project', ...ids },
        },
      });
      const { signal } = new AbortController();
      const context = { host, clock: swiftClock(), environment: {}, signal };
      return { tail: await readLogTail(context, { logId: 7, lines: 3 }, 10_000), calls: server.lines };
    } finally {
      await server.close();
    }
  };

  it('are asked for by the length of the log, and come without the time of each', async () => {
    const { tail, calls } = await read([
      logs,
      json([
        '2026-03-02T10:00:00.1234567Z a',
        'b',
        '2026-03-02T10:00:01Z  c',
        'at 2026-03-02T10:00:01Z d',
        null,
        5,
      ]),
    ]);
    assert.deepEqual(tail, ['b', ' c', 'at 2026-03-02T10:00:01Z d']);
    const path = 'GET /project/_apis/build/builds/42/logs';
    assert.deepEqual(calls, [`${path}?api-version=5.0`, `${path}/7?startLine=117&api-version=5.0`]);
  });

  const problems: Readonly<Record<string, readonly [readonly Reply[], RegExp]>> = {
    'the log is not there yet': [[json([{ id: 6, lineCount: 9 }])], /its log is not there yet/],
    'the job may not read it': [[{ status: 403 }], /403: the job's token may not read the logs of this run/],
    'Azure DevOps answers something else': [[logs, { status: 200, body: {} }], /gave no lines of it/],
    'there is no list of logs': [[{ status: 200, body: { value: null } }], /its log is not there yet/],
    'the list is none': [[{ status: 200, body: [] }], /its log is not there yet/],
  };
  for (const [when, [replies, problem]] of Object.entries(problems)) {
    it(`are a problem with its reason where ${when}`, async () => {
      const { tail } = await read(replies);
      assert.match('problem' in tail ? tail.problem : 'none', problem);
    });
  }
  it('are not asked for where there is no build', async () => {
    const { tail, calls } = await read([logs], {});
    assert.deepEqual([tail, calls], [{ problem: 'this is not a pipeline run' }, []]);
  });
});
