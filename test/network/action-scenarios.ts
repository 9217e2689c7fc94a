import type { LocalPort } from '../../local/port/index.ts';
import { startedOnce, token, waiting, withoutShownLog } from './expectations.ts';
import { endNodesAtOnce, endRunsAtOnce } from './port-fixture.ts';
import type { Scenario, Step } from './scenario.ts';

const stepOf = (port: LocalPort, wait: boolean): Promise<Step> =>
  Promise.resolve({
    inputs: { action: 'deploy', properties: '{"note":"x"}', wait: String(wait), pollSeconds: '2' },
    state: () => `${port.store.runs.size} runs`,
  });

const workflowStepOf = (port: LocalPort, wait: boolean): Promise<Step> =>
  Promise.resolve({
    inputs: { workflow: 'release', properties: '{"note":"x"}', wait: String(wait), pollSeconds: '2' },
    state: () => `${port.store.workflowRuns.size} runs`,
  });

const execute = {
  task: 'PortExecuteAction',
  prepare: (port: LocalPort) => stepOf(port, false),
  done: '1 runs',
  undone: ['0 runs'],
} as const;

const startWorkflow = {
  ...execute,
  prepare: (port: LocalPort) => workflowStepOf(port, false),
} as const;

const entry = 'a line of the log';

/** The wait has more time than each of its calls. */
const executeAndWait = {
  task: 'PortExecuteAction',
  prepare(port: LocalPort): Promise<Step> {
    endRunsAtOnce(port, entry);
    return stepOf(port, true);
  },
  done: '1 runs',
  undone: ['1 runs'],
  repeat: 'safe',
  outlasted: { '500 for ever': 3, 'HTML for ever': 4, silence: 1 },
  // To a call that only reads, it is the same whether it had arrived.
  without: ['silence after the request'],
  longest: 26,
  shows: `  ${entry}`,
} as const;

const followWorkflow = {
  ...executeAndWait,
  prepare(port: LocalPort): Promise<Step> {
    endNodesAtOnce(port, entry);
    return workflowStepOf(port, true);
  },
} as const;

/** The calls of PortExecuteAction. */
export const actionScenarios: readonly Scenario[] = [
  { ...execute, ...token },
  { ...execute, call: 'GET action', method: 'GET', path: /\/actions\/deploy$/, repeat: 'safe' },
  {
    ...execute,
    call: 'POST run',
    method: 'POST',
    path: /\/actions\/deploy\/runs$/,
    repeat: 'asksFirst',
    exceptions: startedOnce,
    // A start whose answer is lost is looked for during 15 s, or as long as the step's time goes.
    timeoutSeconds: 8,
  },
  {
    ...executeAndWait,
    call: 'GET run while waiting',
    method: 'GET',
    path: /\/actions\/runs\/r_\w+$/,
    exceptions: waiting,
  },
  {
    ...executeAndWait,
    call: 'GET logs while waiting',
    method: 'GET',
    path: /\/actions\/runs\/r_\w+\/logs$/,
    exceptions: withoutShownLog,
  },
  {
    ...startWorkflow,
    call: 'POST workflow run',
    method: 'POST',
    path: /\/workflows\/release\/runs$/,
    repeat: 'asksFirst',
    exceptions: startedOnce,
    timeoutSeconds: 8,
  },
  {
    ...followWorkflow,
    call: 'GET workflow run while waiting',
    method: 'GET',
    path: /\/workflows\/runs\/wfr_\w+$/,
    exceptions: waiting,
  },
];
