import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ran } from '../../support/task-setting.ts';
import { type ReportSetting, startReportSetting } from './setting.ts';

interface Row {
  readonly value: string;
  /**
   * What a wrong value costs. `adorns`: a warning, and nothing else. `adornsEnd`: the same, at the end. `decides`: the main step
   * fails once it has reported the start, and the end is reported. `leadsToPort`: no step finds its way to Port, and each says so.
   * `isText`: nothing, as every text is right.
   */
  readonly costs: 'adorns' | 'adornsEnd' | 'decides' | 'leadsToPort' | 'isText';
  /** What the warning or error says, where that is not `Input <name> is "<value>"` or its like. */
  readonly tells?: RegExp;
}

/** A wrong value of every input in the manifest; of a text that cannot be wrong the worst that comes to mind. */
const rows: Readonly<Record<string, Row>> = {
  portConnection: {
    value: 'no-such-connection',
    costs: 'leadsToPort',
    tells: /service connection of input portConnection has no client id/,
  },
  clientId: { value: 'nobody', costs: 'leadsToPort', tells: /-> 401.*Check the client id/ },
  clientSecret: { value: 'not-the-secret', costs: 'leadsToPort', tells: /-> 401.*the client secret/ },
  baseUrl: { value: 'my-port', costs: 'leadsToPort', tells: /baseUrl "my-port" is not a web address/ },
  runId: { value: '5', costs: 'decides' },
  payload: { value: '{', costs: 'decides', tells: /Input payload is not JSON/ },
  ifNoRunId: { value: 'ignore', costs: 'decides' },
  status: { value: 'trak', costs: 'decides' },
  scope: { value: 'pipline', costs: 'decides' },
  statusLabel: { value: 'x'.repeat(100_000), costs: 'isText' },
  link: { value: 'my-app.azurewebsites.net', costs: 'adorns' },
  linkToPipeline: { value: 'yes', costs: 'adorns' },
  summary: { value: '\u0000\ud800$(x)'.repeat(300_000), costs: 'isText' },
  summaryFile: { value: 'not-there.md', costs: 'adornsEnd' },
  logMessage: { value: '\u0000\ud800$(x)'.repeat(300_000), costs: 'isText' },
  logFile: { value: '/dev/zero', costs: 'adornsEnd' },
  logTailLines: { value: '20000', costs: 'adorns' },
  externalRunId: { value: '$(notDefined)', costs: 'isText' },
  output: { value: '- a list', costs: 'adorns', tells: /Input output must be one YAML or JSON object/ },
  partialSuccess: { value: 'sucess', costs: 'decides' },
  reportFailureDetails: { value: 'maybe', costs: 'adorns' },
  failureBlueprint: {
    value: 'pipeline failure',
    costs: 'adorns',
    tells: /Input failureBlueprint "pipeline failure" has characters that Port does not take/,
  },
  liveProgress: { value: 'on', costs: 'adorns' },
  cancelWithPort: { value: 'on', costs: 'adorns' },
  pick: { value: 'imageTag', costs: 'decides' },
  onError: { value: 'ignore', costs: 'decides' },
  onOutage: { value: 'ignore', costs: 'decides' },
  timeoutSeconds: { value: '0', costs: 'decides' },
  summaryTab: { value: '1', costs: 'adorns' },
};

const manifest = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', '..', 'tasks', 'PortRunStatus', 'task.json'), 'utf8'),
) as { inputs: readonly { name: string }[] };

/** All that a step printed, its result included. */
const printed = ({ host, message }: Ran) => [...host.warnings, ...host.lines, message].join('\n');

describe('A wrong value in a step that tracks its job', () => {
  let setting: ReportSetting;
  before(async () => {
    setting = await startReportSetting();
  });
  after(() => setting.close());

  /** A main step that failed fails its job, and else the job succeeds. */
  const track = async (name: string, value: string) => {
    const runId = await setting.startRun();
    const inputs = { statusLabel: 'Deploying', [name]: value };
    const variables = { PORT_RUN_ID: runId, 'Build.BuildId': '42' };
    const taskVariables: Record<string, string> = {};
    const main = await setting.run(inputs, { variables, taskVariables });
    const jobStatus = main.result === 'Failed' ? 'Failed' : 'Succeeded';
    const started = setting.portRun(runId).statusLabel;
    const post = await setting.post(inputs, {
      variables: { ...main.host.variables, 'Agent.JobStatus': jobStatus },
      taskVariables,
    });
    return { main, post, started, run: setting.portRun(runId) };
  };

  it('is tried of every input that the task has', () => {
    const names = manifest.inputs.map(({ name }) => name);
    assert.deepEqual(Object.keys(rows), names, 'one row for each input, in the order of task.json');
  });

  for (const [name, { value, costs, tells }] of Object.entries(rows)) {
    const shown = value.length > 30 ? `${JSON.stringify(value.slice(0, 10))} and so on` : value;
    const words =
      tells ??
      new RegExp(`Input ${name} (?:is|has the line) "${value.slice(0, 30).replace(/[$().]/g, '\\$&')}"`);
    switch (costs) {
      case 'adorns':
        it(`as ${name}: ${shown} is told once by the main step, and start and end are reported`, async () => {
          const { main, post, started, run } = await track(name, value);
          assert.deepEqual([main.result, post.result], ['Succeeded', 'Succeeded']);
          assert.deepEqual([main.host.warnings.length, post.host.warnings.length], [1, 0]);
          assert.match(main.host.warnings[0] ?? '', words);
          assert.deepEqual([started, run.status], ['Deploying', 'SUCCESS']);
        });
        break;
      case 'adornsEnd':
        it(`as ${name}: ${shown} is told once by the post-job step, and start and end are reported`, async () => {
          const { main, post, started, run } = await track(name, value);
          assert.deepEqual([main.result, post.result], ['Succeeded', 'Succeeded']);
          assert.deepEqual([main.host.warnings.length, post.host.warnings.length], [0, 1]);
          assert.match(post.host.warnings[0] ?? '', words);
          assert.deepEqual([started, run.status], ['Deploying', 'SUCCESS']);
        });
        break;
      case 'decides':
        it(`as ${name}: ${shown} fails the main step, and start and end are reported`, async () => {
          const { main, post, started, run } = await track(name, value);
          assert.deepEqual([main.result, post.result], ['Failed', 'Succeeded']);
          assert.match(main.message, words);
          // Whether the job is tracked at all is not known where that is the wrong word.
          assert.equal(started, name === 'status' ? null : 'Deploying');
          assert.equal(run.status, 'FAILURE');
        });
        break;
      case 'leadsToPort':
        it(`as ${name}: ${shown} fails the main step, and both steps say that nothing is reported`, async () => {
          const { main, post, run } = await track(name, value);
          assert.equal(main.result, 'Failed');
          assert.match(main.message, words);
          assert.match(
            printed(post),
            /Nothing to report at the end of the job: the inputs are wrong|Cannot sign in/,
          );
          assert.equal(run.status, 'IN_PROGRESS');
        });
        break;
      case 'isText':
        it(`as ${name}: ${shown} cannot be: start and end are reported`, async () => {
          const { main, post, run } = await track(name, value);
          assert.deepEqual([main.result, post.result], ['Succeeded', 'Succeeded']);
          assert.deepEqual([...main.host.warnings, ...post.host.warnings], []);
          assert.equal(run.status, 'SUCCESS');
        });
        break;
    }
  }
});
