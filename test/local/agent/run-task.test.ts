import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceConnection } from '../../../local/agent/index.ts';
import { itOnPosix } from '../../support/where.ts';
import { type Bench, type FixtureTask, evalStep, evalTask, makeBench } from './fixture.ts';

const id = 'AAAAAAAA-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const connection: ServiceConnection = {
  id,
  name: 'my-port',
  type: 'fixture-api',
  url: 'https://api.example.com',
  authorization: {
    scheme: 'UsernamePassword',
    parameters: { username: 'the-client-id', password: 's3cret-value' },
  },
  data: { 'some.key': 'v' },
};

const printEnvironment: FixtureTask = {
  name: 'Env',
  json: {
    inputs: [
      { name: 'connection', type: 'connectedService:fixture-api', label: 'C', aliases: ['connectionAlias'] },
      { name: 'two Words.x', type: 'string', label: 'T' },
      { name: 'withDefault', type: 'string', label: 'D', defaultValue: ' $(greeting) ' },
      { name: 'hidden', type: 'string', label: 'H', defaultValue: 'h', visibleRule: 'withDefault = never' },
      { name: 'path', type: 'filePath', label: 'P' },
    ],
  },
  files: {
    'index.js':
      "require('fs').writeFileSync(process.env.OUT, JSON.stringify({ ...process.env, cwd: process.cwd(), file: __filename }))",
  },
};

const node24Only: FixtureTask = {
  name: 'New',
  json: { execution: { Node24: { target: 'new.js' }, Node99: { target: 'x' } } },
  files: { 'new.js': "console.log(process.version.split('.')[0])" },
};
const bothHandlers: FixtureTask = {
  name: 'Both',
  json: { execution: { Node20_1: { target: 'old.js' }, Node24: { target: 'new.js' } } },
  files: { 'new.js': "console.log('new ' + process.version.split('.')[0])", 'old.js': "console.log('old')" },
};
const unknownHandlers: FixtureTask = {
  name: 'Old',
  json: { execution: { Node16: { target: 'x.js' }, PowerShell3: { target: 'x.ps1' } } },
};

describe('how the local agent runs a packaged task', () => {
  let bench: Bench;
  let environment: Record<string, string>;
  before(async () => {
    bench = await makeBench([evalTask, printEnvironment, node24Only, bothHandlers, unknownHandlers], {
      environment: { AGENT_ONLY: 'from the agent' },
    });
    const out = join(bench.folder, 'env.json');
    const yaml = `
variables:
  greeting: hello
  my.var name: plain
  nested: <$(greeting)>
stages:
- stage: Deploy
  displayName: Deploying
  jobs:
  - job: One
    displayName: Job one
    variables: { jobLevel: j }
    steps:
    - task: Env@1
      name: env
      displayName: Env $(greeting)
      env: { OUT: '${out}', MAPPED: ' $(hush) ', GREETING: overridden }
      inputs:
        connectionAlias: my-port
        two Words.x: '$(nested) $(nope) $(AGENT_ONLY)'
`;
    const seen = await bench.run(yaml, {
      serviceConnections: [connection],
      variables: { hush: { value: 'hushhush', isSecret: true } },
    });
    assert.equal(seen.outcome.result, 'succeeded');
    environment = JSON.parse(readFileSync(out, 'utf8')) as Record<string, string>;
  });
  after(() => bench.remove());

  it('passes inputs under their canonical names, with defaults, trimmed and expanded once', () => {
    assert.equal(environment.INPUT_TWO_WORDS_X, '<hello> $(nope) from the agent');
    assert.equal(environment.INPUT_WITHDEFAULT, 'hello');
    assert.equal(environment.INPUT_HIDDEN, 'h');
    assert.equal(environment.INPUT_CONNECTION, id.toLowerCase());
    assert.equal(environment.INPUT_CONNECTIONALIAS, undefined);
    assert.equal(environment.INPUT_PATH, `${environment.BUILD_SOURCESDIRECTORY ?? ''}/`.replace(/\/$/, ''));
  });

  it("passes the service connection and the job's own", () => {
    const key = id.toLowerCase();
    assert.equal(environment[`ENDPOINT_URL_${key}`], 'https://api.example.com/');
    assert.equal(environment[`ENDPOINT_AUTH_SCHEME_${key}`], 'UsernamePassword');
    assert.equal(environment[`ENDPOINT_AUTH_PARAMETER_${key}_PASSWORD`], 's3cret-value');
    assert.equal(environment[`ENDPOINT_DATA_${key}_SOME_KEY`], 'v');
    assert.deepEqual(JSON.parse(environment[`ENDPOINT_AUTH_${key}`] ?? ''), {
      scheme: 'UsernamePassword',
      parameters: connection.authorization.parameters,
    });
    assert.equal(environment.ENDPOINT_URL_SYSTEMVSSCONNECTION, 'http://127.0.0.1:1/org/');
    assert.equal(environment.ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN, 'job-token-0123456789');
  });

  it('masks the secrets of the connections that the steps of the job name, as they are and no others', async () => {
    const say = '- script: echo \'s3cret-value the-client-id\' "$(printf s3cret-value | base64)" other-value';
    const one = (name: string) => `- job: ${name}\n  steps:\n  - checkout: none\n`;
    const task = `  - task: Env@1\n    env: { OUT: '${join(bench.folder, 'masked.json')}' }\n    inputs: { connection: my-port }\n`;
    const seen = await bench.run(
      `jobs:\n${one('With')}${task}  ${say}\n    displayName: In the job\n${one('Without')}  ${say}\n    displayName: Elsewhere`,
      {
        serviceConnections: [
          connection,
          {
            ...connection,
            id: 'bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee',
            name: 'other',
            authorization: { scheme: 'Token', parameters: { apitoken: 'other-value' } },
          },
        ],
      },
    );
    assert.deepEqual(seen.log('In the job'), ['*** *** czNjcmV0LXZhbHVl other-value']);
    assert.deepEqual(seen.log('Elsewhere'), ['s3cret-value the-client-id czNjcmV0LXZhbHVl other-value']);
  });

  it('passes variables by their formatted names, secrets apart from the others', () => {
    assert.equal(environment.MY_VAR_NAME, 'plain');
    assert.equal(environment.JOBLEVEL, 'j');
    assert.equal(environment.HUSH, undefined);
    assert.equal(environment.SECRET_HUSH, 'hushhush');
    assert.equal(environment.SECRET_SYSTEM_ACCESSTOKEN, 'job-token-0123456789');
    assert.equal(environment.SYSTEM_ACCESSTOKEN, undefined);
    assert.equal(environment.MAPPED, 'hushhush');
    const secretNames = JSON.parse(environment.VSTS_SECRET_VARIABLES ?? '') as string[];
    const publicNames = JSON.parse(environment.VSTS_PUBLIC_VARIABLES ?? '') as string[];
    assert.deepEqual(secretNames.sort(), ['System.AccessToken', 'hush']);
    assert.ok(publicNames.includes('my.var name') && publicNames.includes('Build.BuildId'));
  });

  it('lets variables win over the env of a step', () => assert.equal(environment.GREETING, 'hello'));

  it('knows the predefined variables', () => {
    const known = {
      BUILD_REASON: 'Manual',
      BUILD_BUILDURI: 'vstfs:///Build/Build/1',
      SYSTEM_STAGENAME: 'Deploy',
      SYSTEM_STAGEDISPLAYNAME: 'Deploying',
      SYSTEM_PHASENAME: 'One',
      SYSTEM_JOBNAME: '__default',
      SYSTEM_JOBDISPLAYNAME: 'Job one',
      SYSTEM_JOBIDENTIFIER: 'Deploy.One.__default',
      SYSTEM_STAGEATTEMPT: '1',
      SYSTEM_JOBATTEMPT: '1',
      SYSTEM_HOSTTYPE: 'build',
      SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: 'http://127.0.0.1:1/org/',
      SYSTEM_TASKINSTANCENAME: 'env',
      AGENT_JOBSTATUS: 'Succeeded',
      'agent.jobstatus': 'Succeeded',
      TF_BUILD: 'True',
      TASK_DISPLAYNAME: 'Env hello',
    };
    for (const [name, value] of Object.entries(known)) assert.equal(environment[name], value, name);
  });

  it('unpacks the task below _tasks and starts it in the sources folder, with nothing of this process around it', () => {
    assert.match(environment.file ?? '', /_tasks[\\/]Env_[-0-9a-f]+[\\/]1\.2\.3[\\/]index\.js$/);
    assert.equal(environment.cwd, environment.BUILD_SOURCESDIRECTORY);
    assert.equal(environment.npm_config_user_agent, undefined);
    assert.equal(environment.AGENT_ONLY, 'from the agent');
  });

  it('runs a task that has both handlers on Node 24', async () => {
    const yaml = 'steps:\n- task: New@1\n- task: Both@1';
    const on = await bench.run(yaml);
    assert.deepEqual([on.log('New'), on.log('Both')], [['v24'], ['new v24']]);
    const off = await bench.run(yaml, {
      variables: { AGENT_USE_NODE24_WITH_HANDLER_DATA: { value: 'false' } },
    });
    assert.deepEqual([off.log('New'), off.log('Both')], [['v20'], ['new v20']]);
  });

  it('runs the Node 24 target on Node 20 where its options say so', async () => {
    const older = await makeBench([bothHandlers], { node: 'node20' });
    const seen = await older.run('steps:\n- task: Both@1');
    assert.deepEqual(seen.log('Both'), ['new v20']);
    await older.remove();
  });

  it('fails a task that has only handlers that it does not know', async () => {
    const seen = await bench.run('steps:\n- task: Old@1');
    assert.equal(
      seen.record('Old').issues[0]?.message,
      'the local agent does not know a task that has no handler but Node16, PowerShell3',
    );
    assert.equal(seen.outcome.result, 'failed');
  });

  it('fails a task whose Node is not there', async () => {
    const poor = await makeBench([bothHandlers], { nodePaths: { node24: '/no/such/node' } });
    const seen = await poor.run('steps:\n- task: Both@1');
    assert.match(seen.record('Both').issues[0]?.message ?? '', /requires a node version that does not exist/);
    await poor.remove();
  });

  itOnPosix('fails a step whose environment is too big to start a process', async () => {
    const big = 'x'.repeat(140_000);
    const seen = await bench.run(`variables:\n  big: ${big}\nsteps:\n- task: Both@1`);
    assert.match(seen.record('Both').issues[0]?.message ?? '', /E2BIG/);
  });

  it('fails checkout when there is nothing to check out, and skips what follows', async () => {
    const seen = await bench.run(`steps:\n${evalStep("say('x')")}`, {
      repositoryDirectory: '/no/such/folder',
    });
    assert.match(
      seen.record('Checkout demo@main to s').issues[0]?.message ?? '',
      /Git fetch failed with exit code: 128/,
    );
    assert.equal(seen.record('Eval').result, 'skipped');
  });

  it('takes the working directory of a script from the sources on', async () => {
    const sources = join(bench.folder, 'repository', 'examples', 'deploy');
    mkdirSync(sources, { recursive: true });
    const seen = await bench.run(`
variables: { folder: examples/deploy }
steps:
- script: node -p "process.cwd()"
  displayName: There
  workingDirectory: $(folder)
- script: node -p "process.cwd()"
  displayName: Root
  workingDirectory: .
`);
    const [root = ''] = seen.log('Root');
    assert.deepEqual(seen.log('There'), [join(root, 'examples', 'deploy')]);
  });

  it('fails a script whose working directory is not there, by its name', async () => {
    const seen = await bench.run(`
steps:
- checkout: none
- script: echo here
  displayName: Here
  workingDirectory: .
- script: echo never
  displayName: There
  workingDirectory: examples/none
`);
    const { result, issues } = seen.record('There');
    assert.equal(result, 'failed');
    assert.match(issues[0]?.message ?? '', /^Not found workingDirectory: .*[\\\\/]examples[\\\\/]none$/);
    assert.doesNotMatch(seen.text, /^never/m);
    assert.deepEqual(seen.log('Here'), ['here']);
  });

  it('checks out a repository at GitHub, and tells its steps of it', async () => {
    const name = 'contoso/shop';
    const seen = await bench.run(
      'steps:\n- checkout: self\n- bash: echo "$(Build.Repository.Id) $(Build.Repository.Provider) $(Build.Repository.Uri)"\n  name: said',
      { repository: { id: name, name, type: 'GitHub', url: 'https://github.com/contoso/shop' } },
    );
    assert.deepEqual(seen.log('said'), ['contoso/shop GitHub https://github.com/contoso/shop']);
    assert.match(seen.text, /Syncing repository: contoso\/shop \(GitHub\)/);
    assert.equal(seen.record('Checkout contoso/shop@main to s').result, 'succeeded');
  });
});
