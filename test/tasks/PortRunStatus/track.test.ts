import assert from 'node:assert/strict';
import { type Reply, type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';
import { swiftClock } from '../../support/task-setting.ts';
import { type ReportSetting, startReportSetting } from './setting.ts';

describe('A step that tracks its job', () => {
  let setting: ReportSetting;
  let runId: string;
  before(async () => {
    setting = await startReportSetting();
  });
  after(() => setting.close());
  beforeEach(async () => {
    setting.port.faults.clear();
    runId = await setting.startRun();
    setting.newCalls();
  });

  const shown = () => {
    const { status, statusLabel, link } = setting.portRun(runId);
    return { status, label: statusLabel, links: [link ?? []].flat() };
  };

  it('sends each detail once: the end brings its label, and what the start could not send', async () => {
    const inputs = { runId, link: 'https://example.com/1', logMessage: 'hello', summary: '# Report' };
    await setting.track(inputs);
    assert.deepEqual(shown(), { status: 'SUCCESS', label: 'Succeeded', links: ['https://example.com/1'] });
    assert.deepEqual(setting.newCalls(), [
      `POST /v1/actions/runs/${runId}/logs`,
      `PATCH /v1/actions/runs/${runId}`,
      `PATCH /v1/actions/runs/${runId}`,
    ]);
  });

  it('says that a secret stands in the external run id, which Port gets as it is', async () => {
    const secrets = { password: 'hunter22' };
    const { main } = await setting.track({ runId, externalRunId: 'build-hunter22' }, { secrets });
    assert.match(main.host.warnings.join(), /^The value of a secret variable stands in input externalRunId,/);
  });

  const later: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'another step of its job': { PORT_RUN_ID: '' },
    'another stage': { 'System.StageName': 'Deploy' },
    'another job': { 'System.PhaseName': 'Deploy' },
    'an earlier attempt of its stage': { 'System.StageAttempt': '2' },
    'an earlier attempt of its job': { 'System.JobAttempt': '2' },
  };
  for (const [who, variables] of Object.entries(later)) {
    it(`keeps the links that ${who} may have given the run`, async () => {
      setting.portRun(runId).link = ['https://example.com/0'];
      await setting.run({ runId, link: 'https://example.com/1' }, { variables });
      assert.deepEqual(shown().links, ['https://example.com/0', 'https://example.com/1']);
    });
  }

  it('sends at the end what Port did not take at the start', async () => {
    const inputs = { runId, link: 'https://example.com/1', logMessage: 'hello', onOutage: 'warn' };
    const fault = setting.port.faults.add({ fault: { kind: 'status', status: 503 } });
    const { main } = await setting.track(inputs, {
      clock: swiftClock(),
      during: () => fault.remove(),
    });
    assert.equal(main.result, 'SucceededWithIssues');
    assert.equal(main.host.variables.PORT_RUN_ID, runId);
    assert.deepEqual(main.outputs.runId, runId);
    assert.deepEqual(shown().links, ['https://example.com/1']);
    assert.equal(setting.port.store.logsOf(runId).length, 1);
  });

  it('gives up a start after 20 s, and an end only after the whole time', async () => {
    const slept = { total: 0 };
    const clock = () => swiftClock((total) => void (slept.total = total));
    setting.port.faults.add({ fault: { kind: 'status', status: 503 } });
    const started = await setting.run(
      { runId, statusLabel: 'Deploying', timeoutSeconds: '100' },
      { clock: clock() },
    );
    assert.equal(started.result, 'Failed');
    assert.ok(slept.total > 5000 && slept.total <= 20_000, `${slept.total} ms`);
    const ended = await setting.run({ runId, status: 'success', timeoutSeconds: '100' }, { clock: clock() });
    assert.equal(ended.result, 'Failed');
    assert.ok(slept.total > 20_000, `${slept.total} ms`);
  });

  it('waits no longer than 10 s to find out whether Port started it', async () => {
    let slept = 0;
    setting.port.faults.add({ fault: { kind: 'status', status: 503 } });
    const variables = { 'System.TeamProjectId': 'p', 'System.DefinitionId': '7', 'Build.BuildId': '42' };
    const clock = swiftClock((total) => void (slept = total));
    const { result, host, outputs } = await setting.run({}, { variables, clock });
    assert.equal(result, 'Succeeded');
    assert.ok(slept <= 10_000, `${slept} ms`);
    assert.match(host.warnings.join(), /Whether Port started this pipeline cannot be told/);
    assert.deepEqual(outputs, { runId: '', runUrl: '', reportedStatus: '' });
  });

  it('believes no word of another step that the run has ended', async () => {
    await setting.track(
      { runId },
      { during: (variables) => void (variables.PORT_RUN_ENDED = `${runId} SUCCESS`), jobStatus: 'Failed' },
    );
    assert.equal(shown().status, 'FAILURE');
  });

  it('believes a word of its own that is sealed for another run as little', async () => {
    const other = await setting.startRun();
    const { host } = await setting.run({ runId: other, status: 'success' });
    const word = host.variables.PORT_RUN_ENDED ?? '';
    assert.match(word, /^r_\w+ SUCCESS [0-9a-f]{64}$/);
    await setting.track(
      { runId },
      {
        during: (variables) => void (variables.PORT_RUN_ENDED = word.replace(other, runId)),
        jobStatus: 'Failed',
      },
    );
    assert.equal(shown().status, 'FAILURE');
  });

  it('sends nothing where a step of the job has ended the run', async () => {
    const { post } = await setting.track(
      { runId },
      {
        async during(variables) {
          const { host } = await setting.run({ runId, status: 'success' });
          variables.PORT_RUN_ENDED = host.variables.PORT_RUN_ENDED ?? '';
          setting.newCalls();
        },
      },
    );
    assert.match(post.message, /a step of this job has ended the run already, as SUCCESS/);
    assert.deepEqual(setting.newCalls(), []);
  });

  it('reports the end where the start was, whatever a step makes of the address', async () => {
    const { clientId, clientSecret, url } = setting.port;
    const variables = { PORT_CLIENT_ID: clientId, PORT_CLIENT_SECRET: clientSecret, PORT_BASE_URL: url };
    for (const address of ['http://127.0.0.1:9', 'not an address', 'http://example.com']) {
      const { post } = await setting.track(
        { runId, clientId: '', clientSecret: '', baseUrl: '' },
        { variables, during: (held) => void (held.PORT_BASE_URL = address) },
      );
      assert.equal(shown().status, 'SUCCESS', post.message);
      assert.match(post.host.warnings.join(), /The address of Port was changed during the job/);
      runId = await setting.startRun();
    }
  });

  it('writes no variable that is there already, an empty one included', async () => {
    for (const held of [{ PORT_RUN_ID: runId }, { port_run_id: '' }]) {
      const { host } = await setting.run({ runId }, { variables: held });
      const written = Object.entries(host.variables).filter(([name]) => /^port_run_id$/i.test(name));
      assert.deepEqual(written, Object.entries(held));
    }
  });

  it('reports nothing in a job that succeeded without it', async () => {
    const { message } = await setting.post({ runId }, { variables: { 'Agent.JobStatus': 'Succeeded' } });
    assert.match(message, /the step itself did not run/);
    assert.deepEqual(setting.newCalls(), []);
  });

  it('fails, and guesses no end, where the result of the job is not known', async () => {
    const { result } = await setting.post(
      { runId },
      { taskVariables: { PORT_TRACK: 'armed', PORT_TRACK_RUN: `action ${runId}` } },
    );
    assert.equal(result, 'Failed');
    assert.equal(shown().status, 'IN_PROGRESS');
  });

  describe('whose main part left no word in a job that succeeded with issues', () => {
    let azure: ScriptedServer | undefined;
    afterEach(() => azure?.close());

    const finish = async (reply: Reply) => {
      azure = await startScriptedServer([reply]);
      return setting.post(
        { runId },
        {
          variables: {
            'Agent.JobStatus': 'SucceededWithIssues',
            'System.CollectionUri': `${azure.url}/`,
            'System.AccessToken': 'token',
            'System.TeamProjectId': 'project',
            'System.JobId': 'job',
            'System.TaskInstanceId': 'main',
            'System.TaskInstanceName': 'report',
            'Build.BuildId': '42',
          },
        },
      );
    };
    const timeline = (result: string): Reply => ({
      status: 200,
      body: {
        records: [
          { id: 'job', type: 'Job', name: 'Deploy', state: 'inProgress', identifier: 'deploy', attempt: 1 },
          {
            ...{ id: 'main', parentId: 'job', type: 'Task', name: 'Report', refName: 'report', order: 2 },
            ...{ state: 'completed', result, attempt: 1 },
          },
        ],
      },
    });

    it('reports the end where the timeline shows that it failed', async () => {
      await finish(timeline('succeededWithIssues'));
      assert.deepEqual([shown().status, shown().label], ['SUCCESS', 'Succeeded with issues']);
    });

    it('reports nothing where the timeline shows that a condition left it out', async () => {
      const { host } = await finish(timeline('skipped'));
      assert.equal(shown().status, 'IN_PROGRESS');
      assert.deepEqual(host.warnings, []);
    });

    it('reports nothing, with a warning, where the timeline cannot be read', async () => {
      const { host } = await finish({ status: 404 });
      assert.equal(shown().status, 'IN_PROGRESS');
      assert.match(host.warnings.join(), /whether this step itself ran cannot be told/);
    });
  });
});

describe('A step in a hook of a deployment job', () => {
  let setting: ReportSetting;
  before(async () => {
    setting = await startReportSetting();
  });
  after(() => setting.close());

  const hook = (name: string) => ({ 'Environment.Name': 'prod', 'System.JobName': name });
  const track = async (variables: Readonly<Record<string, string>>, jobStatus = 'Succeeded') => {
    const runId = await setting.startRun();
    const { main } = await setting.track({ runId, reportFailureDetails: 'false' }, { variables, jobStatus });
    return { end: setting.portRun(runId).status, warnings: main.host.warnings };
  };

  for (const name of ['PreDeploy', 'RouteTraffic', 'PostRouteTraffic', 'OnSuccess', 'preDeploy_vm1'])
    it(`warns that track can end the run with ${name}, and says what to use`, async () => {
      const { end, warnings } = await track(hook(name));
      assert.equal(end, 'SUCCESS');
      assert.deepEqual(warnings, [
        `This step tracks the hook ${name} of a deployment job, which Azure DevOps runs as a job of its own: the run in Port can end with this hook, and miss what the others do. Use status: inProgress here, and report the end from a later job or stage with status: auto and scope: pipeline.`,
      ]);
    });

  for (const [what, variables] of [
    ['deploy, which may be the only hook', hook('Deploy')],
    ['a job that has a name of a hook', { 'System.JobName': 'PreDeploy' }],
    ['a deployment job without a name', { 'Environment.Name': 'prod' }],
  ] as const)
    it(`warns of nothing in ${what}`, async () => {
      assert.deepEqual(await track(variables), { end: 'SUCCESS', warnings: [] });
    });

  for (const jobStatus of ['Succeeded', 'SucceededWithIssues'])
    it(`reports a failure from on: failure, whose own status is ${jobStatus}`, async () => {
      assert.equal((await track(hook('OnFailure'), jobStatus)).end, 'FAILURE');
    });

  it('reports a failure from on: failure with status: auto too, and warns of nothing', async () => {
    const runId = await setting.startRun();
    const variables = { ...hook('OnFailure'), 'Agent.JobStatus': 'Succeeded' };
    const { host } = await setting.run(
      { runId, status: 'auto', reportFailureDetails: 'false' },
      { variables },
    );
    assert.deepEqual([setting.portRun(runId).status, host.warnings], ['FAILURE', []]);
  });
});

describe('A run id that is missing', () => {
  let setting: ReportSetting;
  before(async () => {
    setting = await startReportSetting();
  });
  after(() => setting.close());

  const byWebhook = { 'Build.Reason': 'ResourceTrigger' };

  it('in a payload is a warning with the keys that were found and what has to be there', async () => {
    const payload = JSON.stringify({ port_context: { runid: 'x', 'a\n##vso[x]': 1 }, secret: 'hunter2' });
    const { result, message, outputs } = await setting.run({ payload });
    assert.equal(result, 'SucceededWithIssues');
    assert.match(message, /its keys are port_context, port_context\.runid, port_context\.a ##/);
    assert.match(message, /"port_context": \{ "runId": "\{\{ \.run\.id \}\}" \}/);
    assert.doesNotMatch(message, /hunter2/);
    assert.deepEqual(outputs, { runId: '', runUrl: '', reportedStatus: '' });
  });

  it('in a run that a webhook started is a warning', async () => {
    const { result, message } = await setting.run({}, { variables: byWebhook });
    assert.deepEqual([result, message.includes('A webhook started')], ['SucceededWithIssues', true]);
  });

  it('fails the step with ifNoRunId: fail', async () => {
    const { result, message } = await setting.run({ ifNoRunId: 'fail' }, { variables: byWebhook });
    assert.deepEqual([result, message.includes('A webhook started')], ['Failed', true]);
  });

  for (const [name, variables] of [
    ['by hand', { 'Build.Reason': 'Manual' }],
    ['by another pipeline', { ...byWebhook, 'Build.TriggeredBy.BuildId': '7' }],
  ] as const) {
    it(`in a run that was started ${name} is no news`, async () => {
      const { result, host } = await setting.run({ payload: 'null' }, { variables });
      assert.deepEqual([result, host.warnings], ['Succeeded', []]);
    });
  }
});

describe('A wrong input', () => {
  let setting: ReportSetting;
  let runId: string;
  before(async () => {
    setting = await startReportSetting();
  });
  after(() => setting.close());
  beforeEach(async () => {
    runId = await setting.startRun();
  });

  it('scope: pipline fails the step, and ends no run that is not over', async () => {
    const { main, post } = await setting.track({ runId, scope: 'pipline', onError: 'warn' });
    assert.equal(main.result, 'SucceededWithIssues');
    assert.match(post.host.warnings.join(), /The run stays open/);
    assert.equal(setting.portRun(runId).status, 'IN_PROGRESS');
  });

  it('status: trak leaves the run open in a job that did not fail', async () => {
    await setting.track({ runId, status: 'trak', onError: 'warn' }, { jobStatus: 'SucceededWithIssues' });
    assert.equal(setting.portRun(runId).status, 'IN_PROGRESS');
  });

  it('runId: 5 is told once, by the step itself', async () => {
    const { main, post } = await setting.track({ runId: '5' }, { jobStatus: 'Failed' });
    assert.deepEqual([main.result, post.result], ['Failed', 'Succeeded']);
    assert.deepEqual(main.outputs, { runId: '', runUrl: '', reportedStatus: '' });
  });
});
