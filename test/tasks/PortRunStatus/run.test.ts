import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { swiftClock } from '../../support/task-setting.ts';
import { type ReportSetting, startReportSetting } from './setting.ts';

type Texts = Readonly<Record<string, string>>;

describe('The step', () => {
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

  const shown = (id = runId) => {
    const { status, statusLabel } = setting.portRun(id);
    return [status, statusLabel];
  };
  const page = (id = runId) => `${setting.port.url}/organization/run?runId=${id}`;
  const pipeline = { 'System.TeamProjectId': 'p', 'System.DefinitionId': '7', 'Build.BuildId': '42' };
  const search = 'GET /v1/actions/runs';

  interface Play {
    readonly inputs?: Texts;
    readonly variables?: Texts;
  }
  const run = async ({ inputs = {}, variables = {} }: Play) => {
    const taskVariables: Record<string, string> = {};
    let slept = 0;
    const clock = swiftClock((total) => void (slept = total));
    const ran = await setting.run(inputs, { variables, taskVariables, clock });
    return { ...ran, calls: setting.newCalls(), taskVariables, slept, warnings: ran.host.warnings };
  };

  const notStarted = (why: string) => `Not started by Port, so there is nothing to report (${why}).`;
  const unknown = 'no run id was given, and Port knows no run with the external id of this pipeline run';

  it('says what it has done, gives it to later steps, and shows it on the summary page', async () => {
    const { message, outputs, host, taskVariables, summary } = await run({
      inputs: { runId, status: 'success' },
    });
    assert.equal(message, `Port run ${runId} is SUCCESS "Succeeded": ${page()}`);
    assert.deepEqual(outputs, { runId, runUrl: page(), reportedStatus: 'SUCCESS' });
    assert.equal(host.variables.PORT_RUN_ID, runId);
    assert.match(host.variables.PORT_RUN_ENDED ?? '', new RegExp(`^${runId} SUCCESS `));
    assert.match(summary, /\| Status \| SUCCESS \|/);
    assert.deepEqual(taskVariables, {
      ...{ PORT_TRACK: 'disarmed', PORT_TRACK_ADDRESS: setting.port.url },
      ...{ PORT_TRACK_RUN: `action ${runId}`, PORT_TRACK_SETTLED: '' },
    });
  });

  it('leaves the rest to its post-job part with track', async () => {
    const { message, outputs, host, taskVariables, summary } = await run({
      inputs: { runId, statusLabel: 'Deploying', logMessage: 'hello', logFile: 'later.log' },
    });
    assert.equal(message, `Port run ${runId} is IN_PROGRESS "Deploying": ${page()}`);
    assert.deepEqual([outputs.reportedStatus, summary, host.warnings], ['IN_PROGRESS', '', []]);
    assert.equal(host.variables.PORT_RUN_ENDED, undefined);
    assert.deepEqual(taskVariables, {
      ...{ PORT_TRACK: 'armed', PORT_TRACK_ADDRESS: setting.port.url },
      ...{ PORT_TRACK_RUN: `action ${runId}`, PORT_TRACK_SETTLED: 'log' },
    });
  });

  for (const status of ['inProgress', 'auto', 'failed'])
    it(`sends its files at once with status ${status}`, async () => {
      writeFileSync(join(setting.folder, 'now.log'), 'one line');
      await run({
        inputs: { runId, status, logFile: 'now.log', reportFailureDetails: 'false' },
        variables: { 'Agent.JobStatus': 'Succeeded' },
      });
      assert.deepEqual(
        setting.port.store.logsOf(runId).map(({ message }) => message),
        ['one line'],
      );
    });

  it('leaves the run open with inProgress, whatever the job has come to, and shows it', async () => {
    const { summary, host } = await run({
      inputs: { runId, status: 'inProgress', statusLabel: 'Half' },
      variables: { 'Agent.JobStatus': 'Failed' },
    });
    assert.deepEqual(shown(), ['IN_PROGRESS', 'Half']);
    assert.match(summary, /\| Label \| Half \|/);
    assert.equal(host.variables.PORT_RUN_ENDED, undefined);
  });

  it('sends its files where the end of the pipeline cannot be told', async () => {
    writeFileSync(join(setting.folder, 'now.log'), 'one line');
    await run({
      inputs: { runId, status: 'auto', scope: 'pipeline', logFile: 'now.log' },
      variables: { 'Agent.JobStatus': 'Succeeded' },
    });
    assert.deepEqual(shown(), ['IN_PROGRESS', null]);
    assert.equal(setting.port.store.logsOf(runId).length, 1);
  });

  it('leaves no word of an end of which Port keeps another', async () => {
    const ended = await run({ inputs: { runId, status: 'success' } });
    assert.ok(ended.host.variables.PORT_RUN_ENDED);
    const { host, outputs, warnings } = await run({
      inputs: { runId, statusLabel: 'again', link: 'https://a' },
      variables: { PORT_RUN_ID: runId },
    });
    assert.deepEqual([outputs.reportedStatus, host.variables.PORT_RUN_ENDED], ['SUCCESS', undefined]);
    assert.equal(warnings.length, 1);
  });

  it('is told that an action has no output', async () => {
    const told = async (inputs: Texts) => {
      const { host } = await run({ inputs: { runId, status: 'inProgress', ...inputs } });
      return host.lines.filter((line) => line.startsWith('Input output'));
    };
    assert.deepEqual(await told({ output: 'a: b' }), [
      'Input output is for the nodes of workflows; this is the run of an action, which has none.',
    ]);
    assert.deepEqual(await told({}), []);
  });

  it('tells the output of a node nothing of actions', async () => {
    const { identifier } = setting.port.startNodeRun();
    const { host, outputs } = await run({ inputs: { runId: identifier, output: 'a: b' } });
    assert.ok(!host.lines.some((line) => line.startsWith('Input output')));
    assert.equal(outputs.runUrl, `${setting.port.url}/organization/run?nodeRunId=${identifier}`);
  });

  it('says what is wrong with an output that is not to come', async () => {
    const told = async (inputs: Texts) => {
      const { identifier } = setting.port.startNodeRun();
      return (await run({ inputs: { runId: identifier, ...inputs } })).warnings;
    };
    const wrong =
      'Input output, "b" is "$(later)", which nothing replaced: is the variable defined? The report goes on without it.';
    assert.deepEqual(await told({ output: 'b: $(later)' }), []);
    assert.deepEqual(await told({ output: 'b: $(later)', status: 'inProgress' }), [wrong]);
    assert.deepEqual(await told({ output: 'b: [$(later), 1]', status: 'success' }), [
      wrong.replace('"$(later)"', String.raw`"[\"$(later)\",1]"`),
    ]);
    const large = `c: ${'x'.repeat(900 * 1024)}`;
    assert.deepEqual(await told({ output: large }), [
      'Input output is 901 KiB of JSON, and Port takes 900 KiB. Give later nodes a link in place of the whole. The report goes on without it.',
    ]);
    assert.deepEqual(await told({ output: `c: ${'x'.repeat(900 * 1024 - 8)}` }), []);
  });

  it('sends no empty output', async () => {
    const { identifier } = setting.port.startNodeRun();
    await run({ inputs: { runId: identifier, output: '{}' } });
    const bodies = setting.port.requests.filter(({ path }) => path.endsWith(identifier));
    assert.ok(!bodies.some(({ body }) => JSON.stringify(body).includes('output')));
  });

  it('fails once it has reported the start, where its status is a word that nobody knows', async () => {
    const { result, message, outputs, taskVariables, calls } = await run({
      inputs: { runId, status: 'trak', statusLabel: 'Deploying', output: 'a: $(later)' },
    });
    assert.equal(result, 'Failed');
    assert.match(message, /^Input status is "trak"/);
    assert.deepEqual([calls, outputs.runId, taskVariables.PORT_TRACK], [[], runId, 'armed']);
  });

  it('reports a failure that cannot be an entity, as outside of a pipeline run', async () => {
    const { result, warnings } = await run({
      inputs: { runId, status: 'failure', failureBlueprint: 'pipeline_failure' },
    });
    assert.deepEqual([result, warnings, shown()], ['Succeeded', [], ['FAILURE', 'Failed']]);
  });

  it('starts live progress with track alone, and goes on where it cannot be started', async () => {
    const started = async (inputs: Texts) => {
      const variables = { 'Agent.TempDirectory': join(setting.folder, 'nowhere') };
      const ran = await run({
        inputs: { runId, liveProgress: 'true', summaryTab: 'false', ...inputs },
        variables,
      });
      return [ran.result, ran.warnings.map((line) => line.replace(/:.*/, ''))];
    };
    assert.deepEqual(await started({}), ['Succeeded', ['Live progress cannot be shown']]);
    assert.deepEqual(await started({ status: 'inProgress' }), ['Succeeded', []]);
  });

  it('needs the status of the job with auto', async () => {
    const { result, message } = await run({ inputs: { runId, status: 'auto' } });
    assert.deepEqual(
      [result, message],
      [
        'Failed',
        'Input status is auto, but the variable Agent.JobStatus is not set: auto works in an agent job only. [PORT_INPUT]',
      ],
    );
    assert.deepEqual(shown()[0], 'IN_PROGRESS');
  });

  for (const [status, least, most] of [
    ['track', 10_000, 20_000],
    ['inProgress', 10_000, 20_000],
    ['auto', 40_000, 70_000],
    ['success', 40_000, 70_000],
  ] as const)
    it(`waits ${most / 1000} s for Port at the most with status ${status}`, async () => {
      setting.port.faults.add({ fault: { kind: 'status', status: 503 } });
      const { slept } = await run({
        inputs: { runId, status, statusLabel: 'x', timeoutSeconds: '70' },
        variables: { 'Agent.JobStatus': 'Succeeded' },
      });
      assert.ok(slept > least && slept <= most, `${slept} ms`);
    });

  describe('that is given no run id', () => {
    const missing =
      'There is no Port run id: inputs runId and payload, the variable PORT_RUN_ID and the run number give none. Pass runId, or set ifNoRunId to skip for runs that Port did not start. [PORT_INPUT]';
    const rows: Readonly<
      Record<string, Play & { result?: string; message: string; calls: readonly string[]; track?: string }>
    > = {
      'does nothing outside of a pipeline': { message: notStarted(unknown), calls: [] },
      'looks for the run once': {
        variables: pipeline,
        message: notStarted(unknown),
        calls: [search],
      },
      'looks a second time in a run that somebody started': {
        variables: { ...pipeline, 'Build.Reason': 'Manual' },
        message: notStarted(unknown),
        calls: [search, search],
      },
      'fails where one is demanded': {
        inputs: { ifNoRunId: 'fail' },
        result: 'Failed',
        message: missing,
        calls: [],
      },
      'does nothing in the pull request of a fork': {
        inputs: { clientSecret: '' },
        variables: { 'System.PullRequest.IsFork': 'True' },
        message: notStarted('the secrets are withheld from pull requests of forks'),
        calls: [],
        track: 'unreadable',
      },
      'is a warning where a webhook started the pipeline': {
        variables: { 'Build.Reason': 'ResourceTrigger' },
        result: 'SucceededWithIssues',
        message: '[PORT_INPUT]',
        calls: [],
      },
    };
    for (const [
      name,
      { result = 'Succeeded', message, calls, track = 'disarmed', ...play },
    ] of Object.entries(rows))
      it(name, async () => {
        const ended = await run(play);
        assert.deepEqual([ended.result, ended.calls, ended.warnings], [result, calls, []]);
        if (message.startsWith('[')) assert.ok(ended.message.endsWith(message), ended.message);
        else assert.equal(ended.message, message);
        assert.equal(ended.taskVariables.PORT_TRACK, track);
        assert.deepEqual(ended.outputs, { runId: '', runUrl: '', reportedStatus: '' });
      });

    it('finds the run by the external id that is given', async () => {
      Object.assign(setting.portRun(runId), { externalRunId: 'mine' });
      const { outputs } = await run({ inputs: { externalRunId: 'mine' }, variables: pipeline });
      assert.equal(outputs.runId, runId);
    });

    it('finds the run by its external id, two seconds later too', async () => {
      Object.assign(setting.portRun(runId), { externalRunId: 'ado_p_7_42' });
      const first = await run({
        variables: { ...pipeline, 'Build.Reason': 'Manual' },
        inputs: { status: 'success', linkToPipeline: 'false' },
      });
      assert.deepEqual([first.outputs.runId, shown()[0], first.slept], [runId, 'SUCCESS', 0]);
      assert.equal(first.calls[0], search);
      Object.assign(setting.portRun(runId), { externalRunId: undefined });
      const other = await setting.startRun();
      const taskVariables = {};
      const second = await setting.run(
        { status: 'success' },
        {
          taskVariables,
          variables: { ...pipeline, 'Build.Reason': 'Manual' },
          clock: swiftClock((slept) => {
            assert.equal(slept, 2000);
            Object.assign(setting.portRun(other), { externalRunId: 'ado_p_7_42' });
          }),
        },
      );
      assert.deepEqual([second.outputs.runId, shown(other)[0]], [other, 'SUCCESS']);
    });

    for (const [name, fault, inputs, result, message] of [
      ['does nothing while Port cannot be asked', 503, {}, 'Succeeded', notStarted('as far as can be told')],
      [
        'fails while Port cannot be asked, where one is demanded',
        503,
        { ifNoRunId: 'fail' },
        'Failed',
        undefined,
      ],
      ['fails where Port refuses to be asked', 403, {}, 'Failed', undefined],
    ] as const)
      it(name, async () => {
        setting.port.faults.add({
          match: { method: 'GET' },
          fault: { kind: 'status', status: fault },
        });
        const ended = await run({ variables: pipeline, inputs });
        assert.equal(ended.result, result);
        if (message === undefined) assert.match(ended.message, /^Cannot look for the run/);
        else assert.equal(ended.message, message);
        assert.equal(ended.warnings.length, message === undefined ? 0 : 1);
        assert.equal(ended.taskVariables.PORT_TRACK, 'armed');
      });
  });

  it('does not even sign in where it has nothing to send: outside of a pipeline run, a start without words', async () => {
    const requests = setting.port.requests.length;
    const { message, host } = await run({ inputs: { runId, status: 'inProgress' } });
    assert.deepEqual([host.lines, host.debugLines], [[message], []]);
    assert.equal(setting.port.requests.length, requests);
  });

  describe('that is the first to report', () => {
    const first = { 'System.StageName': '__default', 'System.PhaseName': 'Job' };
    const attempts = { 'System.StageAttempt': '1', 'System.JobAttempt': '1' };
    for (const variables of [
      {},
      { ...first, ...attempts },
      { 'System.StageName': '', 'System.PhaseName': '' },
    ])
      it(`asks for no links with ${JSON.stringify(variables)}`, async () => {
        const { calls } = await run({ inputs: { runId, link: 'https://a' }, variables });
        assert.deepEqual(calls, [`PATCH /v1/actions/runs/${runId}`]);
      });

    it('asks for the links of a run that it had to look for', async () => {
      Object.assign(setting.portRun(runId), { externalRunId: 'ado_p_7_42', link: ['https://0'] });
      const { calls } = await run({ inputs: { link: 'https://a' }, variables: pipeline });
      assert.deepEqual(
        calls.map((call) => call.replace(/\?.*/, '')),
        ['GET /v1/actions/runs', `GET /v1/actions/runs/${runId}`, `PATCH /v1/actions/runs/${runId}`],
      );
    });
  });
});
