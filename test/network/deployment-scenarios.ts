import type { LocalPort } from '../../local/port/index.ts';
import { succeeded, token, withoutAnswer } from './expectations.ts';
import { addEntity, deploymentState } from './port-fixture.ts';
import type { Scenario, Step } from './scenario.ts';

const inputs = { identifier: 'd', environment: 'test', service: 'one', contents: 'false' };

const step =
  (more: Partial<Step>) =>
  async (port: LocalPort): Promise<Step> => {
    await addEntity(port, 'one');
    return {
      inputs: { ...inputs, record: 'now', status: 'success' },
      state: () => deploymentState(port),
      ...more,
    };
  };

const deployment = {
  task: 'PortDeployment',
  prepare: step({}),
  done: 'd Success',
  undone: ['nothing'],
} as const;

/** What is found nowhere in the last days is looked for once more, in all of them. */
const searchedTwice = {
  ...Object.fromEntries(
    [
      ...['429 with Retry-After', '429 with reset', '500', '502', 'reset before the request'],
      ...['reset after the request', 'cut body', 'HTML with 200', 'empty 200', '401 once'],
    ].map((name) => [name, succeeded(3)]),
  ),
  '503 twice': succeeded(4),
};

/** The deployment is recorded without its contents. */
const withoutContents = { '500 for ever': succeeded({ atLeast: 1 }), 'HTML for ever': succeeded(4) };

/** The calls of the task that records deployments. */
export const deploymentScenarios: readonly Scenario[] = [
  { ...deployment, ...token },
  {
    ...deployment,
    call: 'GET blueprint',
    method: 'GET',
    path: /\/blueprints\/deployment$/,
    repeat: 'safe',
  },
  {
    ...deployment,
    call: 'POST search of the service',
    method: 'POST',
    path: /\/service\/entities\/search$/,
    repeat: 'safe',
    prepare: step({
      inputs: { ...inputs, service: '', record: 'now', status: 'success' },
      variables: { 'Build.Repository.Name': 'one' },
    }),
  },
  {
    ...deployment,
    call: 'POST search of the last deployment',
    method: 'POST',
    path: /\/deployment\/entities\/search$/,
    repeat: 'safe',
    exceptions: { ...searchedTwice, ...withoutAnswer, ...withoutContents },
    prepare: step({ inputs: { ...inputs, record: 'now', status: 'success', contents: 'true' } }),
  },
  {
    ...deployment,
    call: 'GET service at the start of the job',
    method: 'GET',
    path: /\/service\/entities\/one$/,
    repeat: 'safe',
    // The end looks again.
    exceptions: {
      '500 for ever': succeeded({ atLeast: 2 }),
      silence: succeeded(1),
      'silence after the request': succeeded(1),
    },
    prepare: step({ inputs }),
    done: 'nothing',
  },
  {
    ...deployment,
    call: 'POST entity',
    method: 'POST',
    path: /\/deployment\/entities$/,
    repeat: 'safe',
  },
  {
    ...deployment,
    call: 'POST entity at the end of the job',
    method: 'POST',
    path: /\/deployment\/entities$/,
    repeat: 'safe',
    async prepare(port) {
      return step({
        entry: 'finish',
        inputs,
        variables: { 'Agent.JobStatus': 'Failed' },
        environment: { VSTS_TASKVARIABLE_PORT_DEPLOYMENT_ADDRESS: port.url },
      })(port);
    },
    done: 'd Failed',
  },
];
