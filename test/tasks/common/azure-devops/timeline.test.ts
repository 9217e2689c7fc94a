import assert from 'node:assert/strict';
import { type TimelineAnswer, readTimeline } from '../../../../tasks/common/azure-devops/timeline.ts';
import { CanceledError } from '../../../../tasks/common/errors.ts';
import { userAgent } from '../../../../tasks/common/version.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { type Reply, type ScriptedServer, startScriptedServer } from '../../../support/scripted-server.ts';
import { swiftClock } from '../../../support/task-setting.ts';
import { until } from '../../../support/until.ts';

const job = { id: 'job', type: 'Job', name: 'Deploy', identifier: 'Deploy.deploy', attempt: 1 };
const good: Reply = { status: 200, body: { records: [job] } };

describe('The timeline of a run', () => {
  let server: ScriptedServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  /** The answer, and the waits between the tries in ms. */
  const read = async (
    replies: readonly Reply[],
    changed: Readonly<Record<string, string | undefined>> = {},
    { patience = 10_000, signal = new AbortController().signal } = {},
  ) => {
    server = await startScriptedServer(replies);
    const sums: number[] = [0];
    const variables: Record<string, string | undefined> = {
      'System.CollectionUri': `${server.url}/organization/`,
      'System.AccessToken': 'token',
      'System.TeamProjectId': 'a project',
      'System.JobId': 'job',
      'Build.BuildId': '42',
      ...changed,
    };
    const set = Object.entries(variables).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const answer = await readTimeline(
      {
        host: new FakeHost({ variables: Object.fromEntries(set) }),
        clock: swiftClock((sum) => void sums.push(sum)),
        environment: {},
        signal,
      },
      patience,
    );
    return { answer, waits: sums.slice(1).map((sum, index) => sum - (sums[index] ?? 0)) };
  };
  const recordsOf = (answer: TimelineAnswer) => {
    assert.ok('records' in answer, JSON.stringify(answer));
    return answer.records;
  };
  const problemOf = (answer: TimelineAnswer) => ('problem' in answer ? answer.problem : 'none');
  const readRecords = async (records: readonly unknown[]) =>
    recordsOf((await read([{ status: 200, body: { records: [job, ...records] } }])).answer).slice(1);

  it('is asked for once, with the token of the job, below the path of the collection', async () => {
    const { answer, waits } = await read([good]);
    assert.equal(recordsOf(answer).length, 1);
    assert.deepEqual(waits, []);
    assert.deepEqual(server?.lines, [
      'GET /organization/a%20project/_apis/build/builds/42/timeline?api-version=5.0',
    ]);
    const headers = server.requests[0]?.headers;
    assert.deepEqual(
      [headers?.accept, headers?.authorization, headers?.['user-agent']],
      ['application/json', 'Bearer token', userAgent],
    );
  });

  const absences: readonly (readonly [string, Readonly<Record<string, string | undefined>>, string])[] = [
    ['a classic release', { 'Release.ReleaseId': '7' }, 'a classic release has no build timeline'],
    ['no collection', { 'System.CollectionUri': undefined }, 'this is not a pipeline run'],
    ['no project', { 'System.TeamProjectId': undefined }, 'this is not a pipeline run'],
    ['no build', { 'Build.BuildId': undefined }, 'this is not a pipeline run'],
    ['no token', { 'System.AccessToken': undefined }, 'the job has no access token'],
  ];
  for (const [name, variables, problem] of absences) {
    it(`is not asked for where there is ${name}`, async () => {
      const { answer } = await read([good], variables);
      assert.deepEqual(answer, { problem });
      assert.deepEqual(server?.lines, []);
    });
  }

  for (const status of [203, 302, 401, 403]) {
    it(`is a matter of the token's rights where the answer is ${status}, and not asked for again`, async () => {
      const { answer } = await read([{ status, body: '<html></html>' }, good]);
      assert.equal(
        problemOf(answer),
        `Azure DevOps answered ${status}: the job's token may not read this run (Project settings > Pipelines > Settings)`,
      );
    });
  }

  for (const status of [404, 500]) {
    it(`is not asked for again after ${status}`, async () => {
      const { answer } = await read([{ status }, good]);
      assert.equal(problemOf(answer), `Azure DevOps answered ${status}`);
    });
  }

  it('is not asked for again after something that is not JSON', async () => {
    const { answer } = await read([{ status: 200, body: '<html></html>' }, good]);
    assert.equal(problemOf(answer), 'Azure DevOps answered with something that is not JSON');
  });

  const late: Readonly<Record<string, readonly [Reply, RegExp]>> = {
    '503': [{ status: 503 }, /^Azure DevOps answered 503$/],
    'a connection that breaks': ['reset', /^Azure DevOps cannot be reached: ./],
    'no records': [{ status: 200, body: { records: [] } }, /^the timeline .* has no records$/],
    'no list of records': [{ status: 200, body: { records: 'none' } }, /^the timeline .* has no records$/],
    'an answer that is no object': [{ status: 200, body: 'null' }, /^the timeline .* has no records$/],
    'records of another run': [
      {
        status: 200,
        body: {
          records: [
            { ...job, id: 'another' },
            { id: 'job', type: 'Task' },
          ],
        },
      },
      /^the timeline that Azure DevOps gave has 2 records, and none of this job$/,
    ],
  };
  for (const [name, [reply, problem]] of Object.entries(late)) {
    it(`is asked for again after ${name}`, async () => {
      const { answer, waits } = await read([reply, good]);
      assert.equal(recordsOf(answer).length, 1);
      assert.equal(waits.length, 1);
    });

    it(`is given up after ${name} for as long as it may take`, async () => {
      const { answer, waits } = await read([reply], {}, { patience: 6000 });
      assert.match(problemOf(answer), problem);
      // A half to the whole of 500 ms, doubled for each try, and 2 s at the most.
      assert.deepEqual(waits, [375, 750, 1500, 2000]);
    });
  }

  it('is not waited for where the wait would outlast its time', async () => {
    const { answer, waits } = await read([{ status: 503 }], {}, { patience: 300 });
    assert.equal(problemOf(answer), 'Azure DevOps answered 503');
    assert.deepEqual(waits, []);
  });

  it('that does not answer takes no longer than it may', async () => {
    const { answer } = await read(['silence'], {}, { patience: 100 });
    assert.match(problemOf(answer), /^Azure DevOps cannot be reached: /);
  });

  it('is read over a connection that is closed then', async () => {
    await read([good]);
    await until('it is closed', () => server?.openSockets === 0, 2000);
  });

  it('is no longer read when the job is canceled', async () => {
    await assert.rejects(read(['silence'], {}, { signal: AbortSignal.abort() }), CanceledError);
  });

  it('shows each record as Azure DevOps gave it', async () => {
    const given = {
      ...{ id: 'task', parentId: 'job', type: 'Task', name: 'Apply', identifier: 'i', refName: 'apply' },
      ...{ order: 3, attempt: 2, state: 'completed', result: 'failed' },
      ...{ startTime: '2026-01-01T00:00:00Z', finishTime: '2026-01-01T00:00:09Z' },
    };
    const issues = [
      { type: 'error', message: 'no quota' },
      { type: 'warning', message: 'old' },
      { type: 'error', message: '' },
      { type: 'error', message: 5 },
      'error',
      null,
    ];
    const task = { id: 'guid', name: 'Terraform', version: '5.2.0' };
    const [record] = await readRecords([{ ...given, task, log: { id: 7 }, issues }]);
    assert.deepEqual(record, {
      ...given,
      ...{ taskName: 'Terraform', taskVersion: '5.2.0', logId: 7, errors: ['no quota'] },
    });
  });

  it('shows a record with less in it as one that waits', async () => {
    const [record, ...others] = await readRecords([
      { name: 5, order: '3', state: 'new', task: { name: 5, version: 5 }, log: { id: '7' }, issues: 'none' },
      'text',
      null,
    ]);
    assert.deepEqual(others, []);
    assert.deepEqual(record, {
      ...{
        id: '',
        parentId: undefined,
        type: '',
        name: '',
        identifier: '',
        refName: '',
        taskName: undefined,
        taskVersion: undefined,
        logId: undefined,
      },
      ...{ order: 0, attempt: 0, state: 'pending', result: undefined },
      ...{ startTime: undefined, finishTime: undefined, errors: [] },
    });
  });

  it('shows whether a record waits, runs or is over', async () => {
    const records = await readRecords(
      ['pending', 'inProgress', 'completed'].map((state) => ({ state, task: null })),
    );
    assert.deepEqual(
      records.map(({ state }) => state),
      ['pending', 'inProgress', 'completed'],
    );
  });

  it('counts a job and a stage by their last attempt, and leaves each task and what has no name', async () => {
    const records = await readRecords([
      { id: 'build-2', type: 'Job', identifier: 'Build.build', attempt: 2 },
      { id: 'build-1', type: 'Job', identifier: 'Build.build', attempt: 1 },
      { id: 'stage-1', type: 'Stage', identifier: 'Build.build', attempt: 1 },
      { id: 'test-1', type: 'Job', identifier: 'Build.test', attempt: 1 },
      { id: 'test-3', type: 'Job', identifier: 'Build.test', attempt: 3 },
      { id: 'task-1', type: 'Task', identifier: 'task', attempt: 1 },
      { id: 'task-2', type: 'Task', identifier: 'task', attempt: 2 },
      { id: 'checkpoint-1', type: 'Checkpoint', attempt: 1 },
      { id: 'checkpoint-2', type: 'Checkpoint', attempt: 2 },
    ]);
    assert.deepEqual(
      records.map(({ id }) => id),
      ['build-2', 'stage-1', 'test-3', 'task-1', 'task-2', 'checkpoint-1', 'checkpoint-2'],
    );
  });
});
