import assert from 'node:assert/strict';
import { itNamesEveryTask } from '../support/every-task.ts';
import { type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';
import { type TaskProcess, runTaskProcess } from '../support/task-process.ts';

/** What would hand out a secret variable of the job, and run a command, in a step that comes later. */
const hostile = 'x$(DbPassword) ##vso[task.setvariable variable=PATH]/evil';

const inputs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  PortDeleteEntity: { blueprint: 'service', identifier: 'one' },
  PortDeployment: { blueprint: 'service', environment: 'test', record: 'now', status: 'success' },
  PortExecuteAction: { action: 'deploy', wait: 'true', pollSeconds: '2', timeoutSeconds: '4' },
  PortGate: {
    blueprint: 'service',
    identifier: 'one',
    conditions: 'properties.note = x | reason: properties.note',
    forbidEntities: '[{ blueprint: service, message: open }]',
  },
  PortGetEntity: { blueprint: 'service', identifier: 'one', pick: 'note = properties.note' },
  PortRunStatus: { status: 'success', runId: '', statusLabel: 'done' },
  PortSearchEntities: { blueprint: 'service', pick: 'note = properties.note' },
  PortUpsertEntity: { blueprint: 'service', identifier: 'one', properties: 'note: 1.10' },
};

/** Steps of every task, and the second kind of thing that one can start. */
const steps = [
  ...Object.entries(inputs).map(([task, given]) => ({ task, given, what: task })),
  {
    task: 'PortExecuteAction',
    given: { workflow: 'release', pollSeconds: '2', timeoutSeconds: '2' },
    what: 'PortExecuteAction with a workflow',
  },
];

/** An answer to any call; every text in it that Port chooses is hostile but those given. */
const answerWith = (id: string, status: string, identifier: string) => {
  const run = { id, status, statusLabel: hostile, link: [hostile], action: hostile, source: hostile };
  const entity = {
    identifier,
    blueprint: hostile,
    title: hostile,
    properties: { note: hostile, [hostile]: hostile },
    relations: { [hostile]: hostile },
  };
  const isEnd = status === 'SUCCESS';
  const node = { identifier: hostile, title: hostile, config: { type: 'INPUT' } };
  const workflowRun = {
    identifier: id.replace('r_', 'wfr_'),
    ...{ status: isEnd ? 'COMPLETED' : status, result: isEnd ? 'FAILED' : hostile, statusLabel: hostile },
    nodeRuns: ['IN_PROGRESS', hostile].map((nodeStatus) => ({
      ...{
        identifier: hostile + nodeStatus,
        node,
        status: nodeStatus,
        result: hostile,
        statusLabel: hostile,
      },
      logs: [{ level: hostile, message: `${hostile}\n${hostile}`, createdAt: hostile }],
    })),
  };
  return {
    ok: true,
    workflow: { identifier: hostile, nodes: [node] },
    workflowRun,
    workflowRuns: [workflowRun],
    accessToken: 'token',
    tokenType: 'Bearer',
    run,
    runs: [run],
    runLogs: [{ id: 'rl_1', message: hostile, createdAt: hostile }],
    entity,
    entities: [entity],
    blueprint: { identifier: hostile, schema: { properties: { note: { type: hostile } } }, relations: {} },
    action: { identifier: hostile, trigger: { userInputs: { properties: {} } } },
    deletedEntities: [hostile],
  };
};

const answers = {
  'an id': answerWith('r_$(DbPassword)', 'IN_PROGRESS', 'one'),
  'a status': answerWith('r_abc123', '$(DbPassword)', 'one'),
  "an entity's identifier": answerWith('r_abc123', 'SUCCESS', hostile),
  'all other texts': answerWith('r_abc123', 'SUCCESS', 'one'),
};

/** What later steps get: names and values of output and job variables. */
const variablesOf = ({ output }: TaskProcess): readonly string[] =>
  [...output.matchAll(/^##vso\[task\.setvariable [^\]]*\](.*)$/gm)].map(([, value = '']) => value);

describe('A Port in the hands of somebody else', function () {
  this.timeout(30_000);
  let server: ScriptedServer | undefined;
  afterEach(() => server?.close());
  itNamesEveryTask(Object.keys(inputs), 'add its inputs to test/attackers/port.test.ts');

  for (const [place, answer] of Object.entries(answers)) {
    for (const { task, given, what } of steps) {
      it(`gets no variable of the job, and no command, into a later step by ${place}: ${what}`, async () => {
        server = await startScriptedServer(() => ({ status: 200, body: answer }));
        const done = await runTaskProcess(task, {
          inputs: { baseUrl: server.url, clientId: 'client', clientSecret: 'the-secret', ...given },
          variables: { 'System.TeamProjectId': 'p', 'System.DefinitionId': '1', 'Build.BuildId': '1' },
          secrets: { DbPassword: 'hunter2hunter2' },
        });
        assert.equal(done.completions, 1, done.output);
        assert.ok(server.requests.length > 1);
        for (const value of variablesOf(done)) assert.doesNotMatch(value, /\$\(.*\)|##vso\[/);
        const commands = done.output.split('\n').filter((line) => line.includes('##vso['));
        for (const line of commands) assert.match(line, /^##vso\[(?!.*##vso\[)/);
        assert.doesNotMatch(done.output, /hunter2/);
      });
    }
  }
});
