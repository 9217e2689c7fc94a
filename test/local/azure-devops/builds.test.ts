import assert from 'node:assert/strict';
import type { LocalAzureDevOps } from '../../../local/azure-devops/index.ts';
import { isObject } from '../../../local/azure-devops/json.ts';
import { fakeRunner, record, succeed, untilCancelled } from './fake-runner.ts';
import { basic, call, closeAll, file, start } from './fixture.ts';

function member(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((current, name) => (isObject(current) ? current[name] : undefined), value);
}

const buildPath = (ado: LocalAzureDevOps, id: number): string =>
  `/${ado.project.name}/_apis/build/builds/${id}`;

describe('a run of a pipeline', () => {
  afterEach(closeAll);

  it('shows its state, its number and its page', async () => {
    const ado = await start();
    const pipeline = ado.createPipeline({ name: 'deploy', ...file });
    const build = await ado.queue({ definitionId: pipeline.id });
    await ado.waitForBuild(build.id);

    const { body } = await call(ado, 'GET', buildPath(ado, build.id));

    assert.equal(member(body, 'status'), 'completed');
    assert.equal(member(body, 'result'), 'succeeded');
    assert.equal(member(body, 'buildNumber'), 'n1');
    assert.equal(
      member(body, '_links', 'web', 'href'),
      `${ado.organizationUrl}/my-project/_build/results?buildId=1`,
    );
  });

  it('keeps the timeline and the logs that the agent tells', async () => {
    const job = record({ log: { id: 3 } });
    const ado = await start(
      fakeRunner((request, observer) => {
        observer.record(job);
        observer.log(job.id, 'one');
        observer.log(job.id, 'two');
        observer.record({ ...job, state: 'completed', result: 'failed' });
        return { result: 'failed', buildNumber: request.definitionName };
      }),
    );
    const pipeline = ado.createPipeline({ name: 'deploy', ...file });
    const { id } = await ado.queue({ definitionId: pipeline.id });
    await ado.idle();

    const timeline = await call(ado, 'GET', `${buildPath(ado, id)}/timeline`);
    const log = await call(ado, 'GET', `${buildPath(ado, id)}/logs/3`);

    const records = member(timeline.body, 'records');
    assert.ok(Array.isArray(records));
    assert.equal(member(records[0], 'result'), 'failed');
    assert.match(String(member(records[0], 'log', 'url')), /\/logs\/3$/);
    assert.equal(log.text, 'one\ntwo\n');
    assert.equal(ado.buildLog(id), 'one\ntwo\n');
  });

  it('is read by the token of its own job, and by no other job', async () => {
    const tokens: string[] = [];
    const ado = await start(
      fakeRunner((request, observer, signal) => {
        tokens.push(request.accessToken);
        return succeed(request, observer, signal);
      }),
    );
    const pipeline = ado.createPipeline({ name: 'deploy', ...file });
    const first = await ado.queue({ definitionId: pipeline.id });
    const second = await ado.queue({ definitionId: pipeline.id });
    await ado.idle();
    const authorization = `Bearer ${tokens[0] ?? ''}`;

    assert.equal(
      (await call(ado, 'GET', `${buildPath(ado, first.id)}/timeline`, { authorization })).status,
      200,
    );
    assert.equal(
      (await call(ado, 'GET', buildPath(ado, first.id), { authorization: basic(tokens[0] ?? '') })).status,
      200,
    );
    assert.equal(
      (await call(ado, 'GET', `${buildPath(ado, second.id)}/timeline`, { authorization })).status,
      403,
    );
    assert.equal((await call(ado, 'GET', '/_apis/projects', { authorization })).status, 403);
  });

  it('is closed to its own job where the organization denies it', async () => {
    const runner = fakeRunner();
    const ado = await start(runner, { jobToken: 'denied' });
    const pipeline = ado.createPipeline({ name: 'deploy', ...file });
    const { id } = await ado.queue({ definitionId: pipeline.id });
    await ado.idle();
    const authorization = `Bearer ${runner.seen[0]?.accessToken ?? ''}`;
    assert.equal((await call(ado, 'GET', buildPath(ado, id), { authorization })).status, 403);
  });

  it('is stopped by its own job where the organization lets it, and by no other', async () => {
    for (const [jobToken, status] of [
      ['read', 403],
      ['stop', 200],
    ] as const) {
      const runner = fakeRunner(untilCancelled);
      const ado = await start(runner, { jobToken });
      const pipeline = ado.createPipeline({ name: 'deploy', ...file });
      await ado.queue({ definitionId: pipeline.id });
      await ado.queue({ definitionId: pipeline.id });
      const authorization = `Bearer ${runner.seen[0]?.accessToken ?? ''}`;
      const stop = (id: number) =>
        call(ado, 'PATCH', buildPath(ado, id), { authorization, body: { status: 4 } });
      assert.equal((await stop(1)).status, status);
      assert.equal((await stop(2)).status, 403);
    }
  });

  it('lets its job read what the project knows of commits, and of builds in a list', async () => {
    const runner = fakeRunner();
    const ado = await start(runner);
    ado.addCommit({ message: 'one' });
    const pipeline = ado.createPipeline({ name: 'deploy', ...file });
    await ado.queue({ definitionId: pipeline.id });
    await ado.queue({ definitionId: pipeline.id });
    await ado.idle();
    const authorization = `Bearer ${runner.seen[1]?.accessToken ?? ''}`;
    const read = (path: string) => call(ado, 'GET', `/my-project/_apis/build/${path}`, { authorization });
    assert.equal(member((await read('builds?definitions=1&resultFilter=succeeded')).body, 'count'), 2);
    assert.equal(member((await read('changes?toBuildId=1')).body, 'count'), 1);
    assert.equal(member((await read('changes?fromBuildId=1&toBuildId=2')).body, 'count'), 0);
    assert.equal((await read('definitions')).status, 403);
  });

  it('ends at once when it is cancelled before an agent has it', async () => {
    const runner = fakeRunner();
    const ado = await start(runner, { runNumber: () => '20260101.1 r_1' });
    const pipeline = ado.createPipeline({ name: 'deploy', ...file });
    ado.pauseQueue();
    const { id } = await ado.queue({ definitionId: pipeline.id });

    const { body } = await call(ado, 'PATCH', buildPath(ado, id), { body: { status: 'cancelling' } });

    assert.equal(member(body, 'result'), 'canceled');
    assert.equal(member(body, 'buildNumber'), '20260101.1 r_1');
    assert.equal(runner.seen.length, 0);
  });

  it('tells the agent of a cancel and ends when the agent does', async () => {
    const ado = await start(fakeRunner(untilCancelled));
    const pipeline = ado.createPipeline({ name: 'deploy', ...file });
    const { id } = await ado.queue({ definitionId: pipeline.id });

    const { body } = await call(ado, 'PATCH', buildPath(ado, id), { body: { status: 'cancelling' } });

    assert.equal(member(body, 'status'), 'cancelling');
    assert.equal((await ado.waitForBuild(id)).result, 'canceled');
  });

  it('fails when its agent is lost, and hears nothing of that agent any more', async () => {
    const job = record();
    const ado = await start(
      fakeRunner(async (request, observer, signal) => {
        observer.record(job);
        await untilCancelled(request, observer, signal);
        observer.record({ ...job, state: 'completed', result: 'succeeded' });
        return { result: 'succeeded', buildNumber: 'late' };
      }),
    );
    const pipeline = ado.createPipeline({ name: 'deploy', ...file });
    const { id, number } = await ado.queue({ definitionId: pipeline.id });
    ado.loseAgent(id);

    const build = await ado.waitForBuild(id);

    assert.deepEqual([build.result, build.number], ['failed', number]);
    assert.equal(build.records.get(job.id)?.state, 'inProgress');
    assert.throws(() => ado.loseAgent(id), /has no agent/);
  });

  it('runs failed stages again in the same build, with the records of the first attempt', async () => {
    const results = ['failed', 'succeeded'] as const;
    const runner = fakeRunner((request) => ({
      result: results[(request.rerun?.attempt ?? 1) - 1] ?? 'failed',
      buildNumber: 'n',
    }));
    const ado = await start(runner);
    const pipeline = ado.createPipeline({ name: 'deploy', ...file });
    const { id } = await ado.queue({ definitionId: pipeline.id });
    await ado.idle();

    ado.rerunFailedStages(id);
    const build = await ado.waitForBuild(id);

    assert.equal(build.result, 'succeeded');
    assert.equal(runner.seen[1]?.rerun?.attempt, 2);
    assert.equal(runner.seen[1].buildId, id);
    assert.throws(() => ado.rerunFailedStages(id), /no failed stage/);
  });

  it('starts through the runs API with template parameters, and with variables that no step may change', async () => {
    const runner = fakeRunner();
    const ado = await start(runner);
    const pipeline = ado.createPipeline({ name: 'deploy', ...file });
    const body = {
      resources: { repositories: { self: { refName: 'refs/heads/x' } } },
      variables: { PORT_RUN_ID: { value: 'r_1' } },
      templateParameters: { port_run_id: 'r_1' },
    };
    const answer = await call(ado, 'POST', `/my-project/_apis/pipelines/${pipeline.id}/runs`, { body });
    await ado.idle();

    assert.equal(member(answer.body, 'state'), 'inProgress');
    assert.deepEqual(runner.seen[0]?.variables?.PORT_RUN_ID, {
      value: 'r_1',
      isSecret: false,
      isReadOnly: true,
    });
    assert.deepEqual(runner.seen[0].templateParameters, { port_run_id: 'r_1' });
    assert.equal(runner.seen[0].sourceBranch, 'refs/heads/x');
  });
});

describe('who calls', () => {
  afterEach(closeAll);

  it('is refused with 401, or sent to the sign-in page with 203, for a token nobody has', async () => {
    const ado = await start();
    const authorization = basic('wrong');
    assert.equal((await call(ado, 'GET', '/_apis/projects', { authorization })).status, 401);
    ado.store.faults.signInPage = true;
    const page = await call(ado, 'GET', '/_apis/projects', { authorization });
    assert.equal(page.status, 203);
    assert.match(page.text, /Sign In/);
  });

  it('is refused with 403 without rights, and heard with an Entra ID token', async () => {
    const ado = await start(fakeRunner(), { tokenWithoutRights: 'weak', entraToken: 'entra' });
    assert.equal((await call(ado, 'GET', '/_apis/projects', { authorization: basic('weak') })).status, 403);
    assert.equal((await call(ado, 'GET', '/_apis/projects', { authorization: 'Bearer entra' })).status, 200);
  });

  it('has to name a version to write, and a project that exists', async () => {
    const ado = await start(fakeRunner(), { collectionPath: '/tfs/DefaultCollection' });
    const unversioned = await fetch(`${ado.organizationUrl}/_apis/serviceendpoint/endpoints`, {
      method: 'POST',
      headers: { authorization: basic('pat') },
      body: '{}',
    });
    assert.equal(unversioned.status, 400);
    assert.match(await unversioned.text(), /VssVersionNotSpecifiedException/);
    const unknown = await call(ado, 'GET', '/nowhere/_apis/build/definitions');
    assert.equal(unknown.status, 404);
    assert.match(unknown.text, /TF200016/);
  });
});
