import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeCancelNote } from '../../../tasks/PortRunStatus/live/cancel-note.ts';
import { rememberEnd } from '../../../tasks/PortRunStatus/track-state.ts';
import { FakeHost } from '../../support/fake-host.ts';
import { startScriptedServer } from '../../support/scripted-server.ts';
import { swiftClock } from '../../support/task-setting.ts';
import { type ReportSetting, startReportSetting } from './setting.ts';

type Texts = Readonly<Record<string, string>>;

describe('The post-job step', () => {
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
    const { status, statusLabel } = setting.portRun(runId);
    return [status, statusLabel];
  };
  const armed = () => ({ PORT_TRACK: 'armed', PORT_TRACK_RUN: `action ${runId}` });

  interface Play {
    readonly inputs?: Texts;
    readonly variables?: Texts;
    readonly taskVariables?: Record<string, string>;
  }
  const finish = async ({ inputs = {}, variables = {}, taskVariables = {} }: Play = {}) => {
    const ran = await setting.post(inputs, {
      taskVariables,
      variables: { 'Agent.JobStatus': 'Succeeded', ...variables },
    });
    return { ...ran, calls: setting.newCalls(), warnings: ran.host.warnings };
  };

  interface Row extends Play {
    readonly why: string;
    readonly warnings?: readonly string[];
  }
  const fork = { 'System.PullRequest.IsFork': 'True' };
  const ownRun = { PORT_TRACK: 'armed', PORT_TRACK_RUN: 'action r_abc123' };
  const failed = { 'Agent.JobStatus': 'Failed' };
  const issues = { 'Agent.JobStatus': 'SucceededWithIssues' };
  const silent: Readonly<Record<string, Row>> = {
    'whose step has reported by itself': {
      taskVariables: { ...ownRun, PORT_TRACK: 'disarmed' },
      why: 'this step does not track the job',
    },
    'whose step reports something else': {
      inputs: { status: 'success', runId: 'r_abc123' },
      variables: failed,
      why: 'this step does not track the job',
    },
    'whose step did not run in a job that succeeded': {
      inputs: { runId: 'r_abc123' },
      why: 'the step itself did not run',
    },
    'whose step has a wrong status in a job that did not fail': {
      inputs: { status: 'trak' },
      taskVariables: ownRun,
      why: 'input status is wrong, and the job did not fail',
    },
    'whose step has a wrong status in a job with issues': {
      inputs: { status: 'trak' },
      taskVariables: ownRun,
      variables: issues,
      why: 'input status is wrong, and the job did not fail',
    },
    'of which nobody knows whether it ran': {
      inputs: { runId: 'r_abc123' },
      variables: issues,
      why: 'the step itself did not run',
      warnings: [
        'The job succeeded with issues, and whether this step itself ran cannot be told from the timeline. The run is left as it is: if it is open in Port, end it there.',
      ],
    },
    'in the pull request of a fork': {
      inputs: { clientSecret: '' },
      variables: fork,
      taskVariables: { PORT_TRACK: 'armed' },
      why: 'the secrets are withheld from pull requests of forks',
    },
    'whose step has told that its inputs are wrong': {
      inputs: { clientSecret: '' },
      taskVariables: { PORT_TRACK: 'unreadable' },
      why: 'the inputs are wrong, as the step itself has said',
    },
    'that Port did not start': {
      inputs: {},
      taskVariables: { PORT_TRACK: 'armed' },
      why: 'not started by Port',
    },
    'that Port did not start, though a run id is demanded: the step itself has said so': {
      inputs: { ifNoRunId: 'fail' },
      taskVariables: { PORT_TRACK: 'armed' },
      why: 'not started by Port',
    },
    'that Port did not start, whose step did not run': {
      variables: failed,
      why: 'not started by Port',
    },
  };
  for (const [of, { why, warnings = [], ...play }] of Object.entries(silent))
    it(`calls nobody for a job ${of}`, async () => {
      const ended = await finish(play);
      assert.deepEqual(
        [ended.result, ended.message, ended.warnings, ended.calls],
        ['Succeeded', `Nothing to report at the end of the job: ${why}.`, warnings, []],
      );
    });

  const failing: Readonly<Record<string, Play & { readonly message: string | RegExp }>> = {
    'the result of the job is not known': {
      variables: { 'Agent.JobStatus': '' },
      taskVariables: ownRun,
      message: 'The variable Agent.JobStatus is not set, so the end of the job cannot be told. [PORT_INPUT]',
    },
    'a run id is demanded, is not there, and the step did not run': {
      inputs: { ifNoRunId: 'fail' },
      variables: failed,
      message: 'There is no Port run id, so the end of the job cannot be reported. [PORT_INPUT]',
    },
    'the inputs became wrong during the job': {
      inputs: { clientSecret: '' },
      taskVariables: ownRun,
      message: /^Port's client secret is missing\./,
    },
  };
  for (const [when, { message, ...play }] of Object.entries(failing))
    it(`fails where ${when}`, async () => {
      const ended = await finish(play);
      assert.equal(ended.result, 'Failed');
      if (typeof message === 'string') assert.equal(ended.message, message);
      else assert.match(ended.message, message);
      assert.deepEqual(ended.calls, []);
    });

  it('reports the run that the step found, whatever the inputs say now', async () => {
    const other = await setting.startRun();
    const { calls } = await finish({ inputs: { runId: other }, taskVariables: armed() });
    assert.deepEqual([shown(), calls], [['SUCCESS', 'Succeeded'], [`PATCH /v1/actions/runs/${runId}`]]);
  });

  it('says what is wrong with the inputs where the step could not', async () => {
    const inputs = { runId, scope: 'pipline', link: 'my-app' };
    const { warnings } = await finish({ inputs, variables: failed });
    assert.equal(warnings.length, 2);
    assert.match(warnings[0] ?? '', /^Input scope is "pipline".* The report goes on without it\.$/);
    assert.match(warnings[1] ?? '', /^Input link has the line "my-app".* The report goes on without it\.$/);
    const told = await finish({ inputs, taskVariables: armed(), variables: failed });
    assert.deepEqual(
      told.warnings.filter((line) => line.startsWith('Input')),
      [],
    );
  });

  it('shows the end on the summary page', async () => {
    assert.match((await finish({ taskVariables: armed() })).summary, /\| Status \| SUCCESS \|/);
    runId = await setting.startRun();
    const inputs = { summaryTab: 'false' };
    assert.equal((await finish({ taskVariables: armed(), inputs })).summary, '');
  });

  it('says what the live progress had to say', async () => {
    const temporary = join(setting.folder, '_temp');
    mkdirSync(temporary, { recursive: true });
    const file = join(temporary, `port-progress-${randomUUID()}`);
    writeCancelNote(file, { reason: 'It cannot be watched.', outcome: 'blind' });
    const { warnings } = await finish({
      taskVariables: { ...armed(), PORT_TRACK_PROGRESS: `99999 ${basename(file)}` },
    });
    assert.deepEqual(warnings, ['It cannot be watched. So cancelWithPort had no effect.']);
  });

  for (const [jobStatus, least, most] of [
    ['Canceled', 15_000, 30_000],
    ['Failed', 60_000, 100_000],
  ] as const)
    it(`has ${most / 1000} s for a job that is ${jobStatus}`, async () => {
      let slept = 0;
      setting.port.faults.add({ fault: { kind: 'status', status: 503 } });
      const { result } = await setting.post(
        { timeoutSeconds: '100', reportFailureDetails: 'false' },
        {
          taskVariables: armed(),
          variables: { 'Agent.JobStatus': jobStatus },
          clock: swiftClock((total) => void (slept = total)),
        },
      );
      assert.equal(result, 'Failed');
      assert.ok(slept > least && slept <= most, `${slept} ms`);
    });

  describe('after a step of the job has ended the run', () => {
    const ended = (status: string): Texts => {
      const { clientId, clientSecret, url } = setting.port;
      const host = new FakeHost();
      const connection = { clientId, clientSecret, apiUrl: url, appUrl: url };
      rememberEnd(host, connection, { runId: { kind: 'action', id: runId }, status });
      return host.variables;
    };
    const cases: readonly (readonly [status: string, jobStatus: string, isSame: boolean])[] = [
      ['SUCCESS', 'Succeeded', true],
      ['FAILURE', 'Failed', true],
      ['FAILURE', 'Canceled', true],
      ['SUCCESS', 'Failed', false],
      ['FAILURE', 'Succeeded', false],
    ];
    for (const [status, jobStatus, isSame] of cases)
      it(`as ${status}, sends nothing for a job that is ${jobStatus}`, async () => {
        const { message, warnings, calls } = await finish({
          taskVariables: armed(),
          variables: { ...ended(status), 'Agent.JobStatus': jobStatus },
        });
        const why = isSame
          ? `a step of this job has ended the run already, as ${status}`
          : `the run is finished, as ${status}`;
        assert.equal(message, `Nothing to report at the end of the job: ${why}.`);
        const warning = `A step of this job has ended the run as ${status}, but the job then ended as ${jobStatus.toLowerCase()}. Port keeps the first.`;
        assert.deepEqual([warnings, calls], [isSame ? [] : [warning], []]);
      });
  });

  describe('where the address of Port was changed', () => {
    const cases: readonly (readonly [name: string, play: Play, isTold: boolean])[] = [
      ['by nobody', { inputs: { baseUrl: '' } }, false],
      ['to a path', { variables: { PORT_BASE_URL: 'ADDRESS/path' }, inputs: { baseUrl: '' } }, false],
      ['to blanks', { variables: { PORT_BASE_URL: '  ' }, inputs: { baseUrl: '' } }, false],
      [
        'by the variable',
        { variables: { PORT_BASE_URL: 'http://127.0.0.1:9' }, inputs: { baseUrl: '' } },
        true,
      ],
      ['by the input', { inputs: { baseUrl: 'http://127.0.0.1:9' } }, true],
      [
        'under an input that stayed',
        { variables: { PORT_BASE_URL: 'http://127.0.0.1:9' }, inputs: { baseUrl: 'ADDRESS' } },
        false,
      ],
    ];
    it('by a variable that has nothing to do with its service connection, says nothing of it', async () => {
      const { clientId, clientSecret, url } = setting.port;
      const { result, host } = await setting.post(
        { clientId: '', clientSecret: '', baseUrl: '', portConnection: 'port' },
        {
          variables: { 'Agent.JobStatus': 'Succeeded', PORT_BASE_URL: 'http://127.0.0.1:9' },
          taskVariables: { ...armed(), PORT_TRACK_ADDRESS: url },
          connections: { port: { url, username: clientId, password: clientSecret } },
        },
      );
      assert.deepEqual([result, host.warnings, shown()[0]], ['Succeeded', [], 'SUCCESS']);
    });

    const at = (texts: Texts = {}) =>
      Object.fromEntries(
        Object.entries(texts).map(([name, text]) => [name, text.replace('ADDRESS', setting.port.url)]),
      );
    for (const [name, { inputs, variables }, isTold] of cases)
      it(`${name}, reports to the first${isTold ? ', and says so' : ''}`, async () => {
        const { warnings } = await finish({
          inputs: at(inputs),
          variables: at(variables),
          taskVariables: { ...armed(), PORT_TRACK_ADDRESS: setting.port.url },
        });
        assert.equal(shown()[0], 'SUCCESS');
        const warning = `The address of Port was changed during the job; the end is reported to ${setting.port.url}, where the start was. A step has set the variable PORT_BASE_URL, or the one behind input baseUrl: let it be.`;
        assert.deepEqual(warnings, isTold ? [warning] : []);
      });
  });

  describe('of a job that is not the last', () => {
    const stage = { id: 'stage', type: 'Stage', name: 'Build it', identifier: 'Build', state: 'inProgress' };
    const phase = { id: 'phase', parentId: 'stage', type: 'Phase', name: 'all', state: 'inProgress' };
    const job = {
      id: 'job',
      parentId: 'phase',
      type: 'Job',
      name: 'one',
      identifier: 'x',
      state: 'inProgress',
    };
    const later = { id: 'later', type: 'Stage', name: 'Deploy', state: 'pending' };
    const sibling = { id: 'p2', parentId: 'stage', type: 'Phase', name: 'two', state: 'pending' };
    const names = { 'System.StageDisplayName': 'Build it', 'System.StageName': 'Build' };
    const rows: readonly (readonly [label: string | null, open: object, variables: Texts])[] = [
      ['Build it succeeded', later, names],
      ['Build succeeded', later, { 'System.StageName': 'Build' }],
      ['East succeeded', later, { 'System.StageName': '__default' }],
      ['East succeeded', later, {}],
      ['East succeeded', sibling, names],
      ['Build it succeeded with issues', later, { ...names, ...issues }],
      [null, later, { 'System.JobDisplayName': '' }],
    ];
    for (const [label, open, variables] of rows)
      it(`leaves the run open as ${label} with ${JSON.stringify({ ...open, ...variables })}`, async () => {
        const records = [stage, phase, job, open];
        const azure = await startScriptedServer([{ status: 200, body: { records } }]);
        const given: Record<string, string> = {
          ...{ 'System.CollectionUri': `${azure.url}/`, 'System.AccessToken': 'token' },
          ...{ 'System.TeamProjectId': 'project', 'System.JobId': 'job', 'Build.BuildId': '42' },
          ...{ 'System.JobDisplayName': 'East', ...variables },
        };
        if (given['System.JobDisplayName'] === '') delete given['System.JobDisplayName'];
        try {
          await finish({ inputs: { scope: 'pipeline' }, taskVariables: armed(), variables: given });
        } finally {
          await azure.close();
        }
        assert.deepEqual(shown(), ['IN_PROGRESS', label]);
      });
  });
});
