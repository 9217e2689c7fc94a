import type { LocalPort } from '../../local/port/index.ts';
import {
  found,
  inParts,
  nodeLogs,
  succeeded,
  token,
  withoutAnswer,
  withoutLog,
  withoutLogAndEnd,
} from './expectations.ts';
import { finishRun, nodeState, runState, startRun } from './port-fixture.ts';
import type { Scenario, Step } from './scenario.ts';

const report = async (port: LocalPort, inputs: Readonly<Record<string, string>>): Promise<Step> => {
  const runId = await startRun(port);
  return { inputs: { runId, status: 'success', ...inputs }, state: () => runState(port, runId) };
};
const fullReport = {
  task: 'PortRunStatus',
  prepare: (port: LocalPort) =>
    report(port, { logMessage: 'hello', link: 'https://example.com/1', statusLabel: 'Done' }),
  done: 'SUCCESS, 1 log entry',
} as const;

const nodeReport = {
  task: 'PortRunStatus',
  prepare: (port: LocalPort): Promise<Step> => {
    const { identifier } = port.startNodeRun();
    return Promise.resolve({
      inputs: { runId: identifier, status: 'success', logMessage: 'hello', statusLabel: 'Done' },
      state: () => nodeState(port, identifier),
    });
  },
  done: 'SUCCESS, 2 log entries',
} as const;

/** A failure that is told as an entity besides. */
const failure = {
  task: 'PortRunStatus',
  repeat: 'safe',
  async prepare(port) {
    const step = await report(port, { status: 'failure', failureBlueprint: 'deployment' });
    const state = () => `${step.state()}, ${port.store.entitiesOf('deployment').size} failures`;
    return { ...step, variables: { 'Build.BuildId': '42' }, state };
  },
  done: 'FAILURE, 0 log entries, 1 failures',
  // Whatever becomes of the entity, the end of the run is told.
  exceptions: {
    'HTML for ever': succeeded(4, 'FAILURE, 0 log entries, 0 failures'),
    '401 for ever': succeeded(2, 'FAILURE, 0 log entries, 0 failures'),
  },
  // Of 2 s in all, the share of the entity may be over before it is sent; its own tests wait for nothing.
  without: ['500 for ever', 'silence', 'silence after the request'],
  undone: [],
} satisfies Partial<Scenario>;

/** The calls of PortRunStatus. */
export const runScenarios: readonly Scenario[] = [
  { ...fullReport, ...token, undone: ['IN_PROGRESS, 0 log entries'] },
  {
    ...fullReport,
    call: 'POST log',
    method: 'POST',
    path: /\/runs\/r_\w+\/logs$/,
    repeat: 'asksFirst',
    exceptions: { ...found, ...withoutLog },
    undone: ['IN_PROGRESS, 0 log entries'],
  },
  {
    ...fullReport,
    call: 'PATCH run',
    method: 'PATCH',
    path: /\/actions\/runs\/r_\w+$/,
    repeat: 'safe',
    // All at once, the links alone, status and label, the status alone.
    exceptions: inParts(4),
    undone: ['IN_PROGRESS, 1 log entry'],
  },
  {
    task: 'PortRunStatus',
    call: 'GET logs after a lost answer',
    method: 'GET',
    path: /\/runs\/r_\w+\/logs$/,
    repeat: 'safe',
    async prepare(port) {
      port.faults.add({
        match: { method: 'POST', path: /\/logs$/ },
        times: 1,
        fault: { kind: 'reset', isProcessed: true },
      });
      return fullReport.prepare(port);
    },
    done: 'SUCCESS, 1 log entry',
    // The log entry had arrived, which the step cannot know; it is not sent again, and the end is.
    exceptions: {
      ...withoutAnswer,
      'HTML for ever': succeeded(4),
      '500 for ever': succeeded({ atLeast: 1 }),
    },
    undone: ['IN_PROGRESS, 1 log entry'],
  },
  {
    task: 'PortRunStatus',
    call: 'PATCH run by the post-job step',
    method: 'PATCH',
    path: /\/actions\/runs\/r_\w+$/,
    repeat: 'safe',
    async prepare(port) {
      const step = await report(port, {});
      const runId = step.inputs?.runId ?? '';
      return {
        entry: 'finish',
        inputs: { status: 'track' },
        variables: { 'Agent.JobStatus': 'Succeeded' },
        environment: {
          VSTS_TASKVARIABLE_PORT_TRACK: 'armed',
          VSTS_TASKVARIABLE_PORT_TRACK_RUN: `action ${runId}`,
        },
        state: () => runState(port, runId),
      };
    },
    done: 'SUCCESS, 0 log entries',
    // Status and label, the status alone.
    exceptions: inParts(2),
    undone: ['IN_PROGRESS, 0 log entries'],
  },
  {
    task: 'PortRunStatus',
    call: 'POST log that ends the run',
    method: 'POST',
    path: /\/runs\/r_\w+\/logs$/,
    repeat: 'asksFirst',
    exceptions: { ...found, ...withoutLogAndEnd },
    prepare: (port) => report(port, { logMessage: 'hello', statusLabel: 'Done', linkToPipeline: 'false' }),
    done: 'SUCCESS, 1 log entry',
    undone: ['IN_PROGRESS, 0 log entries'],
  },
  {
    task: 'PortRunStatus',
    call: 'GET runs by external id',
    method: 'GET',
    path: /\/actions\/runs$/,
    repeat: 'safe',
    async prepare(port) {
      const step = await report(port, {});
      const runId = step.inputs?.runId ?? '';
      port.store.run(runId).externalRunId = 'ado_p_7_42';
      const variables = { 'System.TeamProjectId': 'p', 'System.DefinitionId': '7', 'Build.BuildId': '42' };
      // Where a run id is demanded, a search that fails is a failure; else it is a warning.
      const inputs = { status: 'success', ifNoRunId: 'fail' };
      return { inputs, variables, state: () => runState(port, runId) };
    },
    done: 'SUCCESS, 0 log entries',
    undone: ['IN_PROGRESS, 0 log entries'],
  },
  {
    task: 'PortRunStatus',
    call: 'GET run after a refusal',
    method: 'GET',
    path: /\/actions\/runs\/r_\w+$/,
    repeat: 'safe',
    async prepare(port) {
      const step = await report(port, { statusLabel: 'Done' });
      await finishRun(port, step.inputs?.runId ?? '');
      return step;
    },
    done: 'SUCCESS, 0 log entries',
    // Nobody can tell why Port refuses the end: its words are what is left to say.
    exceptions: {
      'HTML for ever': { result: 'Failed', tries: 8, code: 'PORT_REQUEST' },
      silence: { result: 'Failed', tries: { atLeast: 1 }, code: 'PORT_REQUEST' },
      'silence after the request': { result: 'Failed', tries: { atLeast: 1 }, code: 'PORT_REQUEST' },
      '500 for ever': { result: 'Failed', tries: { atLeast: 2 }, code: 'PORT_REQUEST' },
      '401 for ever': { result: 'Failed', tries: 4, code: 'PORT_REQUEST' },
    },
    undone: ['SUCCESS, 0 log entries'],
  },
  {
    ...fullReport,
    call: 'GET run before its links',
    async prepare(port) {
      const step = await fullReport.prepare(port);
      // A step before this one may have given the run links.
      return { ...step, variables: { PORT_RUN_ID: step.inputs?.runId ?? '' } };
    },
    method: 'GET',
    path: /\/actions\/runs\/r_\w+$/,
    repeat: 'safe',
    // Without the links: they would replace those that the run has.
    exceptions: {
      ...withoutAnswer,
      'HTML for ever': succeeded(4),
      '500 for ever': succeeded({ atLeast: 1 }),
    },
    undone: [],
  },
  { ...failure, call: 'GET blueprint of a failure', method: 'GET', path: /\/blueprints\/deployment$/ },
  { ...failure, call: 'POST entity of a failure', method: 'POST', path: /\/deployment\/entities$/ },
  {
    ...nodeReport,
    call: "POST log of a workflow node's run",
    method: 'POST',
    path: /\/nodes\/runs\/wfnr_\w+\/logs$/,
    repeat: 'once',
    exceptions: nodeLogs,
    undone: ['IN_PROGRESS, 0 log entries'],
  },
  {
    ...nodeReport,
    call: "PATCH workflow node's run",
    method: 'PATCH',
    path: /\/nodes\/runs\/wfnr_\w+$/,
    repeat: 'safe',
    // What was done by a lost one is told by the refusals of each part: a node's run cannot be read.
    exceptions: {
      ...inParts(3),
      'silence after the request': { result: 'Failed', tries: { atLeast: 2 } },
      'reset after the request': succeeded(5),
      'cut body': succeeded(5),
      'empty 200': succeeded(5),
    },
    undone: ['IN_PROGRESS, 2 log entries'],
  },
];
