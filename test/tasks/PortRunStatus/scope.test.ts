import assert from 'node:assert/strict';
import { type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';
import { until } from '../../support/until.ts';
import { type ReportSetting, startReportSetting } from './setting.ts';

describe('The end of a run with scope: pipeline', () => {
  let setting: ReportSetting;
  let azure: ScriptedServer | undefined;
  let runId: string;
  before(async () => {
    setting = await startReportSetting();
  });
  after(() => setting.close());
  beforeEach(async () => {
    runId = await setting.startRun();
  });
  afterEach(() => azure?.close());

  const own = [
    { id: 'stage', type: 'Stage', name: 'Deploy', identifier: 'Deploy', state: 'inProgress' },
    { id: 'phase', parentId: 'stage', type: 'Phase', name: 'all', identifier: 'all', state: 'inProgress' },
    { id: 'job', parentId: 'phase', type: 'Job', name: 'one', identifier: 'one', state: 'inProgress' },
  ];
  const stages = (count: number, more: object) =>
    Array.from({ length: count }, (_, index) => ({
      id: `s${index}`,
      type: 'Stage',
      name: `S${index}`,
      ...more,
    }));
  const failedStep = {
    ...{ id: 'step', parentId: 'job', type: 'Task', name: 'apply', order: 2, task: { name: 'Bash' } },
    ...{ state: 'completed', result: 'failed', issues: [{ type: 'error', message: 'no quota' }] },
  };

  /** @param looks the records at each look; the last stand for all that follow. */
  const report = async (
    jobStatus: string,
    looks: readonly (readonly object[])[],
    {
      inputs = {},
      variables = {},
    }: { inputs?: Record<string, string>; variables?: Record<string, string> } = {},
  ) => {
    azure = await startScriptedServer(looks.map((records) => ({ status: 200, body: { records } })));
    const ran = await setting.run(
      { runId, status: 'auto', scope: 'pipeline', timeoutSeconds: '10', ...inputs },
      {
        variables: {
          'Agent.JobStatus': jobStatus,
          'System.CollectionUri': `${azure.url}/`,
          'System.AccessToken': 'token',
          'System.TeamProjectId': 'project',
          'System.JobId': 'job',
          'Build.BuildId': '42',
          ...variables,
        },
      },
    );
    const { status, statusLabel } = setting.portRun(runId);
    return { ...ran, shown: [status, statusLabel], warnings: ran.host.warnings, looks: azure.lines.length };
  };

  it('is that of the whole pipeline where this job is the last', async () => {
    const before = stages(1, { state: 'completed', result: 'failed' });
    const { shown, warnings, looks } = await report('Succeeded', [[...own, ...before]]);
    assert.deepEqual([shown[0], warnings, looks], ['FAILURE', [], 1]);
  });

  it('is looked up while the step signs in to Port', async () => {
    const signIns = () => setting.port.requests.filter(({ path }) => path.endsWith('/access_token')).length;
    const before = signIns();
    azure = await startScriptedServer(async () => {
      await until('it signs in', () => signIns() > before, 5000);
      return { status: 200, body: { records: own } };
    });
    const variables = {
      ...{ 'Agent.JobStatus': 'Succeeded', 'System.CollectionUri': `${azure.url}/` },
      ...{ 'System.AccessToken': 'token', 'System.TeamProjectId': 'project' },
      ...{ 'System.JobId': 'job', 'Build.BuildId': '42', 'System.DefinitionId': '7' },
    };
    await setting.run({ runId, status: 'auto', scope: 'pipeline', timeoutSeconds: '20' }, { variables });
    assert.equal(signIns(), before + 1);
    assert.equal(setting.portRun(runId).status, 'SUCCESS');
  });

  it('stays open, with a warning, while another stage is to come', async () => {
    const { shown, warnings } = await report('Succeeded', [[...own, ...stages(1, { state: 'pending' })]]);
    assert.equal(shown[0], 'IN_PROGRESS');
    assert.deepEqual(warnings, [
      'The run stays open: still to come or running are S0. The last of them has to report its end, or it stays open.',
    ]);
  });

  for (const [count, names] of [
    [5, 'S0, S1, S2, S3, S4.'],
    [6, 'S0, S1, S2, S3, S4 ….'],
  ] as const) {
    it(`names five of ${count} stages that are to come`, async () => {
      const { warnings } = await report('Succeeded', [[...own, ...stages(count, { state: 'pending' })]]);
      assert.ok(warnings[0]?.includes(`still to come or running are ${names} The last`), warnings[0]);
    });
  }

  it('stays open, with a warning, while jobs of its own matrix are to come', async () => {
    const { shown, warnings } = await report('Succeeded', [own], {
      variables: { 'System.TotalJobsInPhase': '2' },
    });
    assert.equal(shown[0], 'IN_PROGRESS');
    assert.match(warnings.join(), /still to come or running are a further job of all\./);
  });

  it('does not wait for other jobs where Azure DevOps says that there are none in the phase', async () => {
    const { shown } = await report('Succeeded', [own], { variables: { 'System.TotalJobsInPhase': '0' } });
    assert.equal(shown[0], 'SUCCESS');
  });

  for (const [jobStatus, label] of [
    ['Failed', 'Failed'],
    ['Canceled', 'Canceled'],
  ] as const) {
    it(`is that of a job that is ${label}, whatever is still to come`, async () => {
      const { shown, warnings } = await report(jobStatus, [[...own, ...stages(1, { state: 'pending' })]], {
        inputs: { reportFailureDetails: 'false' },
      });
      assert.deepEqual([shown, warnings], [['FAILURE', label], []]);
    });
  }

  it('stays open, with a warning that says why, where the timeline cannot be read', async () => {
    const { shown, warnings } = await report('Succeeded', [[]]);
    assert.equal(shown[0], 'IN_PROGRESS');
    assert.match(warnings.join(), /cannot be told \(.+\)\. See that the last job/);
  });

  it('waits a moment for the failed step, which the timeline learns of after the step', async () => {
    const { shown, looks, message } = await report('Failed', [own, own, own, [...own, failedStep]], {
      inputs: { scope: 'job' },
    });
    assert.deepEqual([shown[0], looks], ['FAILURE', 4], message);
    assert.equal(shown[1], 'Failed at Deploy › apply');
  });

  it('does without the failed step after four looks', async () => {
    const { shown, looks } = await report('Failed', [own], { inputs: { scope: 'job' } });
    assert.deepEqual([shown, looks], [['FAILURE', 'Failed'], 4]);
  });

  it('looks once for what failed in a job that was canceled', async () => {
    const { looks } = await report('Canceled', [own], { inputs: { scope: 'job' } });
    assert.ok(looks <= 1, String(looks));
  });

  it('looks for what failed in this job alone with scope: job', async () => {
    const elsewhere = { ...failedStep, id: 'other', parentId: 'job2', name: 'elsewhere' };
    const { shown } = await report('Failed', [[...own, elsewhere]], { inputs: { scope: 'job' } });
    assert.equal(shown[1], 'Failed');
  });

  it('says in the log why what failed cannot be told', async () => {
    const { shown, host } = await report('Failed', [[]], { inputs: { scope: 'job' } });
    assert.deepEqual(shown, ['FAILURE', 'Failed']);
    assert.match(host.lines.join('\n'), /What failed cannot be told in detail: the timeline .* no records\./);
  });

  it('does not look for what failed where that is not wanted', async () => {
    const { looks } = await report('Failed', [[...own, failedStep]], {
      inputs: { scope: 'job', reportFailureDetails: 'false' },
    });
    assert.equal(looks, 0);
  });
});
