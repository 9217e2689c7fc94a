import type { LocalPort } from '../../local/port/index.ts';
import { addEntity, entityState, finishRun, nodeState, runState, startRun } from './port-fixture.ts';

/** What may happen when a call is sent twice, and how the task goes about it. */
export type Repeat =
  /** Repeated: once or twice is the same. */
  | 'safe'
  /** Looked for first, and sent again only where it was not done. */
  | 'asksFirst'
  /** Sent once, unless Port refused it (429, 401); where it is lost the step goes on without it. */
  | 'once';

/** One call of a task: how to get the task to make it, and what Port holds when it was done once. */
export interface Scenario {
  readonly task: string;
  readonly call: string;
  readonly method: string;
  readonly path: RegExp;
  readonly repeat: Repeat;
  /** Fills Port, and gives the inputs and variables of the step. */
  prepare(port: LocalPort): Promise<Step>;
  /** What Port holds when the step has succeeded. */
  readonly done: string;
  /** What is different from the rule, by the name of the trouble. */
  readonly exceptions?: Readonly<Record<string, Expected>>;
  /** Names of troubles that are not tried here. */
  readonly without?: readonly string[];
  /** What Port may hold when it has failed; `done` is one of them only where the answer was lost. */
  readonly undone: readonly string[];
}

export interface Expected {
  readonly result: 'Succeeded' | 'Failed';
  /** How often the call is made. */
  readonly tries: number;
  /** What Port holds; the scenario's `done` or `undone` when left out. */
  readonly state?: string;
}

export interface Step {
  /** The main step when left out. */
  readonly entry?: 'finish';
  readonly environment?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  /** What Port holds, in one line. */
  state(): string;
}

const token = {
  call: 'POST token',
  method: 'POST',
  path: /\/access_token$/,
  repeat: 'safe',
  exceptions: { '401 once': { result: 'Failed', tries: 1 }, '401 for ever': { result: 'Failed', tries: 1 } },
} as const;

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

const upsert = {
  task: 'PortUpsertEntity',
  prepare: (port: LocalPort): Promise<Step> =>
    Promise.resolve({
      inputs: { blueprint: 'service', identifier: 'one', properties: '{"note":"new"}' },
      state: () => entityState(port),
    }),
  done: 'one new',
  undone: ['nothing'],
} as const;

const withOne =
  (inputs: Readonly<Record<string, string>>) =>
  async (port: LocalPort): Promise<Step> => {
    await addEntity(port, 'one');
    return { inputs, state: () => entityState(port) };
  };

const execute = {
  task: 'PortExecuteAction',
  prepare: (port: LocalPort): Promise<Step> =>
    Promise.resolve({
      inputs: { action: 'deploy', properties: '{"note":"x"}', wait: 'false' },
      state: () => `${port.store.runs.size} runs`,
    }),
  done: '1 runs',
  undone: ['0 runs'],
} as const;

const succeeded = (tries: number, state?: string): Expected => ({
  result: 'Succeeded',
  tries,
  ...(state !== undefined && { state }),
});

/** Whatever was done by a try whose answer was lost is found, and not sent again. */
const found = {
  'reset after the request': succeeded(1),
  'cut body': succeeded(1),
  'empty 200': succeeded(1),
};

/** The step goes on without the log, with a warning. */
const withoutLog = {
  '500': succeeded(1, 'SUCCESS, 0 log entries'),
  'HTML for ever': succeeded(4, 'SUCCESS, 0 log entries'),
};

/** What is left of a lost call is deleted one by one. */
const oneByOne = {
  ...found,
  '500': succeeded(1),
  '502': succeeded(1),
  '503 twice': succeeded(1),
  'reset before the request': succeeded(1),
  'HTML with 200': succeeded(1),
  'HTML for ever': succeeded(1),
};

/** Nobody can tell whether a node's log entry arrived; of two entries, the one whose answer was lost is not sent again. */
const nodeLogs = {
  '429 with Retry-After': succeeded(3),
  '429 with reset': succeeded(3),
  '500': succeeded(2, 'SUCCESS, 0 log entries'),
  '502': succeeded(2, 'SUCCESS, 1 log entry'),
  '503 twice': succeeded(2, 'SUCCESS, 0 log entries'),
  'reset before the request': succeeded(2, 'SUCCESS, 1 log entry'),
  'reset after the request': succeeded(2),
  'cut body': succeeded(2),
  'HTML with 200': succeeded(2, 'SUCCESS, 1 log entry'),
  'HTML for ever': succeeded(2, 'SUCCESS, 0 log entries'),
  'empty 200': succeeded(2),
  '401 once': succeeded(3),
};

export const scenarios: readonly Scenario[] = [
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
    exceptions: { '500': succeeded(1), 'HTML for ever': succeeded(4), '401 for ever': succeeded(2) },
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
    undone: ['IN_PROGRESS, 0 log entries'],
  },
  {
    task: 'PortRunStatus',
    call: 'POST log that ends the run',
    method: 'POST',
    path: /\/runs\/r_\w+\/logs$/,
    repeat: 'asksFirst',
    exceptions: { ...found, ...withoutLog },
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
      return { inputs: { status: 'success' }, variables, state: () => runState(port, runId) };
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
      const step = await report(port, { link: 'https://example.com/1' });
      await finishRun(port, step.inputs?.runId ?? '');
      return step;
    },
    done: 'SUCCESS, 0 log entries',
    undone: ['SUCCESS, 0 log entries'],
  },
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
    undone: ['IN_PROGRESS, 2 log entries'],
  },
  { ...upsert, ...token },
  {
    ...upsert,
    call: 'GET blueprint',
    method: 'GET',
    path: /\/blueprints\/service$/,
    repeat: 'safe',
    async prepare(port) {
      const step = await upsert.prepare(port);
      return { ...step, inputs: { ...step.inputs, properties: 'note: 1.10' } };
    },
    done: 'one 1.10',
  },
  { ...upsert, call: 'POST entity', method: 'POST', path: /\/service\/entities$/, repeat: 'safe' },
  {
    ...upsert,
    call: 'POST entity in mode create',
    method: 'POST',
    path: /\/service\/entities$/,
    repeat: 'safe',
    async prepare(port) {
      const step = await upsert.prepare(port);
      return { ...step, inputs: { ...step.inputs, mode: 'create' } };
    },
  },
  {
    ...upsert,
    call: 'POST entities (bulk)',
    method: 'POST',
    path: /\/entities\/bulk$/,
    repeat: 'safe',
    prepare: (port) =>
      Promise.resolve({
        inputs: {
          blueprint: 'service',
          entities:
            '[{"identifier":"one","properties":{"note":"new"}},{"identifier":"two","properties":{"note":"new"}}]',
        },
        state: () => entityState(port),
      }),
    done: 'one new, two new',
  },
  {
    task: 'PortGetEntity',
    ...token,
    prepare: withOne({ blueprint: 'service', identifier: 'one' }),
    done: 'one old',
    undone: ['one old'],
  },
  {
    task: 'PortSearchEntities',
    ...token,
    prepare: withOne({ blueprint: 'service', query: '{"combinator":"and","rules":[]}' }),
    done: 'one old',
    undone: ['one old'],
  },
  {
    task: 'PortDeleteEntity',
    ...token,
    prepare: withOne({ blueprint: 'service', identifier: 'one' }),
    done: 'nothing',
    undone: ['one old'],
  },
  { ...execute, ...token },
  {
    task: 'PortGetEntity',
    call: 'GET entity',
    method: 'GET',
    path: /\/entities\/one$/,
    repeat: 'safe',
    prepare: withOne({ blueprint: 'service', identifier: 'one' }),
    done: 'one old',
    undone: ['one old'],
  },
  {
    task: 'PortSearchEntities',
    call: 'POST search',
    method: 'POST',
    path: /\/entities\/search$/,
    repeat: 'safe',
    prepare: withOne({ blueprint: 'service', query: '{"combinator":"and","rules":[]}' }),
    done: 'one old',
    undone: ['one old'],
  },
  {
    task: 'PortDeleteEntity',
    call: 'DELETE entity',
    method: 'DELETE',
    path: /\/entities\/one$/,
    repeat: 'asksFirst',
    exceptions: found,
    prepare: withOne({ blueprint: 'service', identifier: 'one' }),
    done: 'nothing',
    undone: ['one old'],
  },
  {
    task: 'PortDeleteEntity',
    call: 'POST delete (bulk)',
    method: 'POST',
    path: /\/bulk\/entities\/delete$/,
    repeat: 'asksFirst',
    exceptions: oneByOne,
    async prepare(port) {
      await addEntity(port, 'two');
      return withOne({ blueprint: 'service', identifiers: 'one\ntwo' })(port);
    },
    done: 'nothing',
    undone: ['two old, one old'],
  },
  { ...execute, call: 'GET action', method: 'GET', path: /\/actions\/deploy$/, repeat: 'safe' },
  {
    ...execute,
    call: 'POST run',
    method: 'POST',
    path: /\/actions\/deploy\/runs$/,
    repeat: 'asksFirst',
    exceptions: found,
    // A start that cannot be found is looked for during 15 s; the tests of the task itself do that without waiting.
    without: ['500', '502', '503 twice', 'reset before the request', 'HTML with 200', 'HTML for ever'],
  },
];
