import assert from 'node:assert/strict';
import type { Fault } from '../../../../local/port/index.ts';
import { type LoggedRequest, type Reply, startScriptedServer } from '../../../support/scripted-server.ts';
import type { Ran } from '../../../support/task-setting.ts';
import { type ReportSetting, startReportSetting } from '../setting.ts';

const stage = { id: 'stage', type: 'Stage', name: 'Deploy it', identifier: 'Deploy', state: 'inProgress' };
const phase = { id: 'phase', parentId: 'stage', type: 'Phase', name: 'all', identifier: 'Deploy.all' };
const job = { id: 'job', parentId: 'phase', type: 'Job', name: 'East', identifier: 'Deploy.all.east' };
const step = {
  ...{ id: 'step', parentId: 'job', type: 'Task', name: 'helm upgrade', order: 2, log: { id: 7 } },
  ...{ state: 'completed', result: 'failed', task: { name: 'Bash', version: '3.237.1' } },
  issues: [
    { type: 'error', message: 'pod checkout-6c5bdd9f7k-x2kqz is not ready after 45s' },
    { type: 'error', message: "Bash exited with code '1'." },
  ],
};
const records = [stage, phase, job, step];
const text = ['pipeline', 'stage', 'job', 'step', 'task', 'logExcerpt', 'commit', 'branch', 'repository'];
const properties = {
  ...Object.fromEntries(
    [...text, 'link', 'runId', 'createdAt', 'fingerprint', 'note'].map((name) => [name, 'string']),
  ),
  ...{ attempt: 'number', errors: 'array' },
};

interface Played {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly jobStatus?: string;
  readonly records?: readonly object[];
  readonly log?: readonly string[];
  /** Of the timeline. */
  readonly status?: number;
  readonly logStatus?: number;
}

describe('The failure of a job, with failureBlueprint', () => {
  let setting: ReportSetting;
  let runId: string;
  before(async () => {
    setting = await startReportSetting();
    await setting.addBlueprint({ identifier: 'pipeline_failure', properties });
    await setting.addBlueprint({ identifier: 'small', properties: { pipeline: 'string' } });
  });
  after(() => setting.close());
  beforeEach(async () => {
    setting.port.store.entitiesOf('pipeline_failure').clear();
    runId = await setting.startRun();
    setting.newCalls();
  });
  afterEach(() => setting.port.faults.clear());

  const replyTo =
    ({ records: held = records, log = ['one', 'two'], status = 200, logStatus = 200 }: Played) =>
    ({ path }: LoggedRequest): Reply => {
      if (path.includes('/timeline')) return { status, body: { records: held } };
      if (path.includes('/logs/7?')) return { status: logStatus, body: { value: log } };
      return { status: 200, body: { value: [{ id: 7, lineCount: log.length }] } };
    };

  /** The end of a tracked job. */
  const end = async (played: Played = {}): Promise<Ran> => {
    const azure = await startScriptedServer(replyTo(played));
    try {
      return await setting.post(
        { runId, failureBlueprint: 'pipeline_failure', timeoutSeconds: '20', ...played.inputs },
        {
          taskVariables: { PORT_TRACK: 'armed' },
          variables: {
            ...{ 'Agent.JobStatus': played.jobStatus ?? 'Failed', 'System.JobId': 'job' },
            ...{ 'System.CollectionUri': `${azure.url}/`, 'System.AccessToken': 'token' },
            ...{
              'System.TeamProject': 'shop',
              'System.TeamProjectId': 'project',
              'System.DefinitionId': '3',
            },
            ...{ 'Build.BuildId': '42', 'Build.BuildNumber': '20260302.1', 'Build.DefinitionName': 'deploy' },
            ...{ 'System.StageName': 'Deploy', 'System.StageDisplayName': 'Deploy it' },
            ...{ 'System.PhaseName': 'all', 'System.JobName': 'east', 'System.JobDisplayName': 'East' },
            ...{ 'Build.SourceVersion': 'c0ffee1', 'Build.SourceBranch': 'refs/heads/main' },
            'Build.Repository.Name': 'checkout',
            ...played.variables,
          },
          ...(played.secrets !== undefined && { secrets: played.secrets }),
        },
      );
    } finally {
      await azure.close();
    }
  };
  const written = () => [...setting.port.store.entitiesOf('pipeline_failure').values()];
  const only = () => {
    const [entity, ...others] = written();
    assert.ok(entity !== undefined && others.length === 0);
    return entity;
  };
  const shown = () => {
    const { status, statusLabel } = setting.portRun(runId);
    return [status, statusLabel];
  };

  it('is an entity of all that is known, tied to the run before the run ends', async () => {
    const { host, result } = await end();
    const { identifier, title, properties: values } = only();
    assert.equal(identifier, 'deploy-42-Deploy-all-east');
    assert.equal(title, 'deploy 20260302.1: Deploy it › helm upgrade');
    const { createdAt, link, fingerprint, ...others } = values;
    assert.deepEqual(others, {
      ...{ pipeline: 'deploy', stage: 'Deploy it', job: 'East', step: 'helm upgrade', task: 'Bash@3.237.1' },
      errors: ['pod checkout-6c5bdd9f7k-x2kqz is not ready after 45s', "Bash exited with code '1'."],
      ...{ logExcerpt: 'one\ntwo', commit: 'c0ffee1', branch: 'main', repository: 'checkout' },
      ...{ attempt: 1, runId },
    });
    assert.ok(Math.abs(Date.parse(String(createdAt)) - Date.now()) < 60_000);
    assert.match(String(link), /\/shop\/_build\/results\?buildId=42&view=logs&j=job&t=step$/);
    assert.match(String(fingerprint), /^[0-9a-f]{16}$/);
    assert.deepEqual(
      setting.port.store.runEntities.get(runId)?.map((tied) => tied.identifier),
      [identifier],
    );
    const calls = setting.newCalls().map((call) => call.replace(/\?.*/, ''));
    assert.deepEqual(calls.slice(0, 2), [
      'GET /v1/blueprints/pipeline_failure',
      'POST /v1/blueprints/pipeline_failure/entities',
    ]);
    assert.equal(calls.at(-1), `PATCH /v1/actions/runs/${runId}`);
    assert.deepEqual(
      [result, host.warnings, shown()],
      ['Succeeded', [], ['FAILURE', 'Failed at Deploy it › helm upgrade']],
    );
    assert.match(
      host.lines.join('\n'),
      /Wrote the failure as pipeline_failure "deploy-42-Deploy-all-east": http/,
    );
  });

  it('has the same fingerprint in another run, and is one entity where the post-job step is tried again', async () => {
    await end();
    only().properties.note = 'A person is at it.';
    await end();
    const first = only();
    assert.equal(first.properties.note, 'A person is at it.');
    const message = 'pod checkout-7d4b9c8f6d-bcdfg is not ready after 1m 5s';
    const again = { ...step, issues: [{ type: 'error', message }, step.issues[1]] };
    await end({ records: [stage, phase, job, again], variables: { 'Build.BuildId': '43' } });
    const second = setting.port.store.entity('pipeline_failure', 'deploy-43-Deploy-all-east');
    assert.equal(second?.properties.fingerprint, first.properties.fingerprint);
    const other = { ...step, issues: [{ type: 'error', message: 'no quota' }] };
    await end({ records: [stage, phase, job, other], variables: { 'Build.BuildId': '44' } });
    const third = setting.port.store.entity('pipeline_failure', 'deploy-44-Deploy-all-east');
    assert.notEqual(third?.properties.fingerprint, first.properties.fingerprint);
  });

  it('of another attempt is another entity', async () => {
    await end({ variables: { 'System.StageAttempt': '2' } });
    const { identifier, properties: values } = only();
    assert.deepEqual([identifier, values.attempt], ['deploy-42-Deploy-all-east-2', 2]);
  });

  it('that another job reports is that of the job that failed', async () => {
    const own = { ...job, id: 'own', parentId: 'other', identifier: 'Report.report.__default' };
    const failed = [stage, phase, { ...job, attempt: 2, state: 'completed', result: 'failed' }, step];
    await end({
      records: [...failed, own],
      inputs: { scope: 'pipeline' },
      variables: { 'System.JobId': 'own', 'System.StageName': 'Report' },
    });
    const { identifier, properties: values } = only();
    assert.deepEqual([identifier, values.job, values.attempt], ['deploy-42-Deploy-all-east-2', 'East', 2]);
  });

  it('has no secret in it, and only the end of a long log', async () => {
    const secret = 'hunter-of-secrets';
    const lines = Array.from({ length: 60 }, (_, index) => `${index} ${'x'.repeat(300)} ${secret}`);
    await end({
      secrets: { PASSWORD: secret },
      log: lines,
      records: [stage, phase, job, { ...step, issues: [{ type: 'error', message: `no ${secret}` }] }],
    });
    const { properties: values } = only();
    assert.ok(!JSON.stringify(values).includes(secret));
    assert.deepEqual(values.errors, ['no ***']);
    const excerpt = String(values.logExcerpt);
    assert.ok(excerpt.length <= 8000 && excerpt.startsWith('…') && excerpt.endsWith('x ***'));
  });

  it('is written where the report shall not tell what failed', async () => {
    await end({ inputs: { reportFailureDetails: 'false' } });
    assert.equal(only().properties.step, 'helm upgrade');
    assert.deepEqual([shown(), setting.port.store.logsOf(runId)], [['FAILURE', 'Failed'], []]);
  });

  it('is what is known of the job where the timeline cannot be read', async () => {
    const { host } = await end({ status: 403 });
    const { identifier, title, properties: values } = only();
    assert.deepEqual([identifier, title], ['deploy-42-Deploy-all-east', 'deploy 20260302.1: East']);
    const { createdAt, ...others } = values;
    assert.ok(createdAt !== undefined);
    assert.deepEqual(others, {
      ...{ pipeline: 'deploy', stage: 'Deploy it', job: 'East', commit: 'c0ffee1', branch: 'main' },
      ...{ repository: 'checkout', attempt: 1, runId },
      link: `${String(host.variables['System.CollectionUri'])}shop/_build/results?buildId=42`,
    });
  });

  it('does without a log that the job may not read, and says why', async () => {
    const { host } = await end({ logStatus: 403 });
    assert.deepEqual([only().properties.step, only().properties.logExcerpt], ['helm upgrade', undefined]);
    assert.match(host.lines.join('\n'), /^The end of the failed step's log cannot be read: .*403/m);
  });

  it('waits a moment for the log, and does without it', async () => {
    const { log: _, ...bare } = step;
    await end({ records: [stage, phase, job, bare] });
    assert.equal(only().properties.logExcerpt, undefined);
  });

  it('leaves out what the blueprint lacks, and says so once', async () => {
    const { host } = await end({ inputs: { failureBlueprint: 'small' } });
    const entity = setting.port.store.entity('small', 'deploy-42-Deploy-all-east');
    assert.deepEqual(entity?.properties, { pipeline: 'deploy' });
    const told = host.lines.filter((line) => line.startsWith('Left out'));
    assert.equal(told.length, 1);
    assert.match(
      told.join(),
      /blueprint small does not have them: stage, job, step, task, errors, fingerprint/,
    );
  });

  it('of a canceled job, and of one that succeeded, is none', async () => {
    for (const jobStatus of ['Canceled', 'Succeeded', 'SucceededWithIssues']) {
      runId = await setting.startRun();
      await end({ jobStatus });
      assert.deepEqual(written(), []);
    }
  });

  it('of a job with issues is one where that counts as a failure', async () => {
    await end({ jobStatus: 'SucceededWithIssues', inputs: { partialSuccess: 'failure' } });
    assert.deepEqual([only().properties.job, shown()[0]], ['East', 'FAILURE']);
  });

  it("of a workflow node's run is not tied to it", async () => {
    runId = setting.port.startNodeRun().identifier;
    const { host } = await end();
    assert.equal(only().properties.runId, runId);
    assert.equal(setting.port.store.nodeRun(runId).result, 'FAILED');
    assert.deepEqual(host.warnings, []);
    assert.match(host.lines.join('\n'), /^Port ties entities to action runs only/m);
  });

  it('is written where the run is over already', async () => {
    await setting.user.call('PATCH', `/v1/actions/runs/${runId}`, { status: 'FAILURE' });
    const { host } = await end();
    assert.equal(only().properties.runId, runId);
    assert.match(
      host.lines.join('\n'),
      /^Run r_\w+ is finished already, so what is written now cannot be tied/m,
    );
    assert.deepEqual(host.warnings, []);
  });

  it('is left out, with a warning, where no blueprint can have that name', async () => {
    const { host } = await setting.run({ runId, status: 'failure', failureBlueprint: '$(nothing)' });
    assert.match(host.warnings.join(), /^Input failureBlueprint "\$\(nothing\)" holds an expression/);
    assert.deepEqual([written(), shown()[0]], [[], 'FAILURE']);
  });

  it('is written by a step that reports a failure now, too', async () => {
    const variables = { 'Build.BuildId': '42', 'System.PhaseName': 'all', 'System.JobName': '__default' };
    await setting.run({ runId, status: 'failure', failureBlueprint: 'pipeline_failure' }, { variables });
    const { identifier, title } = only();
    assert.deepEqual([identifier, title], ['pipeline-42-all', 'pipeline: failed']);
  });

  const faults: Readonly<Record<string, Fault>> = {
    'is refused (404)': { kind: 'status', status: 404 },
    'is refused (422)': { kind: 'status', status: 422 },
    'is answered with 503': { kind: 'status', status: 503 },
    'is reset': { kind: 'reset' },
    'is never answered': { kind: 'silence' },
  };
  for (const [name, fault] of Object.entries(faults)) {
    for (const [what, path] of [
      ['the blueprint', /\/pipeline_failure$/],
      ['the entity', /\/pipeline_failure\/entities$/],
    ] as const) {
      it(`costs one warning, and not the end, where ${what} ${name}`, async () => {
        setting.port.faults.add({ match: { path }, fault });
        const { host, result } = await end({ inputs: { timeoutSeconds: '4' } });
        assert.deepEqual(written(), []);
        assert.equal(host.warnings.length, 1);
        assert.match(host.warnings.join(), /\bthe failure \(blueprint pipeline_failure\)/i);
        assert.deepEqual(
          [result, ...shown()],
          ['Succeeded', 'FAILURE', 'Failed at Deploy it › helm upgrade'],
        );
        assert.equal(setting.port.store.logsOf(runId).length, 1);
      });
    }
  }

  it('is not told as the only thing that is missing where Port is not there at all', async () => {
    setting.port.faults.add({ fault: { kind: 'status', status: 503 } });
    const { host, result, message } = await end();
    assert.deepEqual([result, host.warnings], ['Failed', []]);
    assert.match(message, /503/);
  });

  it('costs one warning, and not the end, where there is no such blueprint', async () => {
    const { host, result } = await end({ inputs: { failureBlueprint: 'nothing' } });
    assert.equal(host.warnings.length, 1);
    assert.match(
      host.warnings.join(),
      /^Port refused the failure \(blueprint nothing\); everything else is reported\. /,
    );
    assert.deepEqual([result, shown()[0]], ['Succeeded', 'FAILURE']);
  });
});
