import assert from 'node:assert/strict';
import type { BuildRunner } from '../../../local/agent/types.ts';
import { fakeRunner, record } from '../../local/azure-devops/fake-runner.ts';
import { runCommand } from '../command-line.ts';
import {
  type Loop,
  callPort,
  closeLoops,
  parametersOf,
  partsTold,
  startLoop,
  writesOf,
} from '../loop-fixture.ts';

/** A pipeline that succeeds, with the run's id in its number. */
const succeeding = (): BuildRunner =>
  fakeRunner(({ buildId, webhook }) => {
    const { port_context: context } = webhook?.payload as { port_context: { runId: string } };
    return { result: 'succeeded', buildNumber: `20260101.${buildId} ${context.runId}` };
  });

/** The loop, made, and its action executed once. */
async function startRun(
  runner: BuildRunner = succeeding(),
  net = 'false',
): Promise<{ loop: Loop; id: string }> {
  const loop = await startLoop({ runner, net });
  await loop.run('setup', 'apply');
  const id = await loop.execute();
  await loop.settle();
  return { loop, id };
}

const change = (loop: Loop, id: string, body: object): Promise<unknown> =>
  callPort(loop.port, `/v1/actions/runs/${id}?version=v2`, { method: 'PATCH', body: JSON.stringify(body) });

const failing = fakeRunner((request, observer) => {
  const message = `Cannot sign in to Port: POST /v1/auth/access_token -> 401; Port says "${'no '.repeat(300)}". [PORT_CREDENTIALS]`;
  observer.record(record({ state: 'completed', result: 'failed', issues: [{ type: 'error', message }] }));
  return { result: 'failed', buildNumber: `20260101.${request.buildId}` };
});

describe('doctor --run', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  it('finds the pipeline run by its number, and that Port was never told its end', async () => {
    const { loop, id } = await startRun();
    const before = writesOf(loop).length;
    const { code, stdout } = await loop.run('doctor', '--run', id);
    assert.equal(code, 1);
    assert.match(stdout, new RegExp(`ok +run ${id} in Port\n +IN_PROGRESS\n +of deploy_service, since 20`));
    assert.match(stdout, /ok +Port's call of Azure DevOps\n +http.*\/webhooks\/portDeploy.*: 200/);
    assert.match(
      stdout,
      new RegExp(`ok +its pipeline run in Azure DevOps\n +20260101\\.1 ${id}: succeeded\n +http`),
    );
    assert.match(
      stdout,
      /wrong +its end in both\n +Port: IN_PROGRESS; the pipeline ended as succeeded at 20/,
    );
    assert.match(stdout, new RegExp(`fix End it in Port: port-azure-pipelines runs close ${id} --status`));
    assert.equal(writesOf(loop).length, before);
  });

  it('is well where Port holds the end of the pipeline, and finds that one by its external id', async () => {
    const { loop, id } = await startRun(
      fakeRunner((request) => ({ result: 'succeeded', buildNumber: `n${request.buildId}` })),
    );
    await change(loop, id, { status: 'SUCCESS', statusLabel: 'Deployed', externalRunId: 'ado_p_1_1' });
    const told = await partsTold(loop, 'doctor', '--run', id);
    assert.match(told('run/port'), /^ok: SUCCESS "Deployed"; of deploy_service, since .*, ended /);
    assert.match(told('run/pipeline'), /^ok: .*: succeeded; http/);
    assert.equal(told('run/end'), 'ok: ');
    assert.equal((await loop.run('doctor', '--run', id)).code, 0);
  });

  it('finds an end that differs', async () => {
    const { loop, id } = await startRun(failing);
    await change(loop, id, { status: 'SUCCESS', externalRunId: 'ado_p_1_1' });
    const told = await partsTold(loop, 'doctor', '--run', id);
    assert.equal(told('run/end'), 'wrong: Port: SUCCESS; the pipeline ended as failed');
    assert.match(told('run/pipeline'), /^wrong: .*PORT_CREDENTIALS/);
    const { stdout } = await loop.run('doctor', '--run', id);
    assert.match(
      stdout,
      /fix Where there is none, see whether the webhook starts .*setup apply --rewrite-secrets/,
    );
  });

  it('says that Azure DevOps refused the call after the client secret was changed', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await loop.run('setup', 'apply');
    parametersOf(loop.ado, 'port-webhook').secret = 'of before';
    const id = await loop.execute();
    await loop.settle();
    const told = await partsTold(loop, 'doctor', '--run', id);
    assert.match(told('run/port'), /^ok: FAILURE/);
    assert.match(told('run/call'), /^wrong: .*Azure DevOps answered with 401/);
    assert.match(told('run/pipeline'), /^missing: none of the newest 200 runs holds r_/);
    assert.match(told('run/end'), /^ok/);
    const whole = await partsTold(loop, 'doctor');
    assert.match(
      whole('history/action/deploy_service'),
      /^wrong: Azure DevOps answered Port's call for r_.* with 401/,
    );
  });

  it('names a run that Port does not have, once', async () => {
    const { loop } = await startRun();
    const { code, stdout } = await loop.run('doctor', '--run', 'r_nowhere');
    assert.equal(code, 1);
    assert.match(stdout, /missing +run r_nowhere in Port\n.*-> 404/);
    assert.equal(stdout.match(/-> 404/g)?.length, 1);
    assert.match(stdout, /as told of run r_nowhere in Port/);
  });

  for (const id of ['wfr_abc', 'abc', '42'])
    it(`refuses ${id}, and names the ids that it takes`, async () => {
      const { loop } = await startRun();
      const { code, stderr } = await loop.run('doctor', '--run', id);
      assert.equal(code, 2);
      assert.match(stderr, /wfnr_…/);
    });
});

describe("doctor's look at the last use", function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  it('is wrong where the last run could not sign in to Port', async () => {
    const { loop } = await startRun(failing);
    const told = await partsTold(loop, 'doctor');
    assert.match(told('history/pipeline'), /^wrong: .*: failed; Cannot sign in to Port: .*PORT_CREDENTIALS/);
  });

  it('is wrong where Port refused the last event of the net', async () => {
    const { loop } = await startRun(succeeding(), 'true');
    const [hook] = loop.ado.store.subscriptions.values();
    assert.ok(hook);
    const { url = '' } = hook.consumerInputs;
    hook.consumerInputs.url = `${url}gone`;
    await loop.execute();
    await loop.settle();
    hook.consumerInputs.url = url;
    const told = await partsTold(loop, 'doctor');
    assert.match(told('history/service-hook/net'), /^wrong: 20.*: not delivered: 404/);
  });

  it('is wrong where Port took the event of the net and kept nothing, since the secrets differ', async () => {
    const loop = await startLoop({ runner: succeeding() });
    await loop.run('setup', 'apply');
    const [hook] = loop.ado.store.subscriptions.values();
    assert.ok(hook);
    hook.consumerInputs.httpHeaders = 'x-port-secret:of-before';
    await loop.execute();
    await loop.settle();
    for (const build of loop.ado.store.builds.values()) build.finishTime = '2026-01-01T00:00:00.000Z';
    const told = await partsTold(loop, 'doctor');
    assert.match(
      told('history/service-hook/net'),
      /^wrong: Port took the event of run .* r_.* the secrets .* differ/,
    );
  });

  it('is well where everything arrived', async () => {
    const { loop } = await startRun(succeeding(), 'true');
    for (const build of loop.ado.store.builds.values()) build.finishTime = '2026-01-01T00:00:00.000Z';
    const told = await partsTold(loop, 'doctor');
    for (const id of ['history/action/deploy_service', 'history/pipeline', 'history/service-hook/net'])
      assert.match(told(id), /^ok/);
  });
});

describe('runs close', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  const statusOf = async (loop: Loop, id: string): Promise<string> => {
    const { run } = (await callPort(loop.port, `/v1/actions/runs/${id}?version=v2`)) as {
      run: { status: string; statusLabel: string | null };
    };
    return `${run.status} ${String(run.statusLabel)}`;
  };

  /** Without a word of Azure DevOps. */
  const close = (loop: Loop, ...args: string[]) =>
    runCommand(['runs', 'close', ...args], {
      PORT_CLIENT_ID: loop.port.clientId,
      PORT_CLIENT_SECRET: loop.port.clientSecret,
      PORT_BASE_URL: loop.port.url,
    });

  it('ends a run that is open, with its label', async () => {
    const { loop, id } = await startRun();
    const dry = await close(loop, id, '--status', 'FAILURE', '--label', 'Agent lost', '--dry-run');
    assert.equal(dry.stdout, `${id} would be ended as FAILURE "Agent lost". Nothing was changed.\n`);
    assert.equal(await statusOf(loop, id), 'IN_PROGRESS null');
    const { code, stdout } = await close(loop, id, '--status', 'FAILURE', '--label', 'Agent lost');
    assert.equal(stdout, `${id} is ended as FAILURE "Agent lost".\n`);
    assert.equal(code, 0);
    assert.equal(await statusOf(loop, id), 'FAILURE Agent lost');
  });

  it('leaves a run alone that has ended, and ends with 1 where it ended otherwise', async () => {
    const { loop, id } = await startRun();
    await close(loop, id, '--status', 'SUCCESS');
    assert.equal((await close(loop, id, '--status', 'SUCCESS')).code, 0);
    const { code, stdout } = await close(loop, id, '--status', 'FAILURE', '--label', 'x');
    assert.equal(code, 1);
    assert.equal(stdout, `${id} had ended already, as SUCCESS. Nothing was changed.\n`);
    assert.equal(await statusOf(loop, id), 'SUCCESS null');
  });

  it('names a run that Port does not have, and a sign-in that it refuses', async () => {
    const { loop, id } = await startRun();
    const unknown = await close(loop, 'r_nowhere', '--status', 'FAILURE', '--json');
    assert.equal(unknown.code, 1);
    assert.match((unknown.json() as { error: string }).error, /r_nowhere.* 404/);
    const refused = await runCommand(['runs', 'close', id, '--status', 'FAILURE'], {
      PORT_CLIENT_ID: loop.port.clientId,
      PORT_CLIENT_SECRET: 'of-yesterday',
      PORT_BASE_URL: loop.port.url,
    });
    assert.match(refused.stderr, /Cannot sign in to Port/);
    assert.doesNotMatch(refused.stderr, /of-yesterday/);
  });

  for (const [args, words] of [
    [['wfr_abc', '--status', 'FAILURE'], /wfr_abc is a whole workflow run.*wfnr_/],
    [['42', '--status', 'FAILURE'], /"42" is no id of a run/],
    [['r_abc', '--status', 'FAILED'], /--status is "FAILED"\. It must be SUCCESS or FAILURE/],
    [['r_abc'], /--status/],
    [['wfnr_abc', '--status', 'FAILURE', '--label', 'x'], /has no label/],
  ] as const)
    it(`is refused as ${args.join(' ')}`, async () => {
      const { code, stderr } = await runCommand(['runs', 'close', ...args]);
      assert.equal(code, 2);
      assert.match(stderr, words);
    });
});
