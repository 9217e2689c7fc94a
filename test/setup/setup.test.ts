import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildRunner, RunRequest } from '../../local/agent/types.ts';
import type { Loop } from './loop-fixture.ts';
import { closeLoops, startLoop } from './loop-fixture.ts';
import { runCommand } from './command-line.ts';
import { fakeRunner } from '../local/azure-devops/fake-runner.ts';

/** A pipeline that reports success with the credentials of the service connection that it was given. */
async function report(request: RunRequest): Promise<void> {
  const connection = request.serviceConnections.find(({ name }) => name === 'port');
  assert.ok(connection, 'the pipeline may use the connection');
  const { username, password } = connection.authorization.parameters;
  const headers = { 'content-type': 'application/json' };
  const credentials = JSON.stringify({ clientId: username, clientSecret: password });
  const signedIn = await fetch(`${connection.url}/v1/auth/access_token`, {
    method: 'POST',
    headers,
    body: credentials,
  });
  const { accessToken } = (await signedIn.json()) as { accessToken: string };
  const { port_context } = request.webhook?.payload as { port_context: { runId: string } };
  await fetch(`${connection.url}/v1/actions/runs/${port_context.runId}`, {
    method: 'PATCH',
    headers: { ...headers, authorization: `Bearer ${accessToken}` },
    body: JSON.stringify({ status: 'SUCCESS', statusLabel: 'Deployed' }),
  });
}

const reporting: BuildRunner = fakeRunner(async (request) => {
  await report(request);
  return { result: 'succeeded', buildNumber: '1' };
});

/** What a hand can break, and what the doctor then calls the part. */
const breakages: [string, (loop: Loop) => void, RegExp][] = [
  [
    'the blueprint',
    ({ port }) => port.store.blueprints.delete('deployment'),
    /missing {2}blueprint deployment in Port/,
  ],
  [
    'a property of the blueprint',
    ({ port }) => {
      const blueprint = port.store.blueprint('deployment');
      port.store.blueprints.set('deployment', { ...blueprint, schema: { properties: {}, required: [] } });
    },
    /wrong {4}blueprint deployment in Port\n.*schema\.properties\.jobUrl is missing/,
  ],
  [
    'the action',
    ({ port }) => port.store.actions.delete('deploy_service'),
    /missing {2}action deploy_service/,
  ],
  [
    "the action's webhook",
    ({ port }) => {
      const action = port.store.action('deploy_service');
      port.store.actions.set('deploy_service', {
        ...action,
        invocationMethod: { ...action.invocationMethod, webhook: 'other' },
      });
    },
    /wrong {4}action deploy_service in Port\n.*webhook is "other", not "portDeploy"/,
  ],
  [
    "the webhook's connection",
    ({ ado }) => ado.store.endpoints.delete(idOf(ado, 'port-webhook')),
    /missing {2}service connection port-webhook \(incoming webhook\)/,
  ],
  [
    'the name of its webhook',
    ({ ado }) => {
      parametersOf(ado, 'port-webhook').webhookname = 'other';
    },
    /wrong {4}service connection port-webhook .*\n.*webhookname is "other", not "portDeploy"/,
  ],
  [
    'its signature header',
    ({ ado }) => {
      parametersOf(ado, 'port-webhook').header = 'x-other';
    },
    /header is "x-other", not "x-port-signature"/,
  ],
  [
    'the connection of the tasks',
    ({ ado }) => ado.store.endpoints.delete(idOf(ado, 'port')),
    /missing {2}service connection port \(Port\)/,
  ],
  [
    'its client id',
    ({ ado }) => {
      parametersOf(ado, 'port').username = 'someone';
    },
    /username is "someone"/,
  ],
  [
    'an authorization',
    ({ ado }) => ado.store.permissions.get(idOf(ado, 'port'))?.pipelines.clear(),
    /missing {2}authorization of pipeline deploy for port\n/,
  ],
  [
    'the webhook in Port',
    ({ port }) => port.store.webhooks.delete('azure-pipelines-net'),
    /missing {2}webhook azure-pipelines-net/,
  ],
  [
    'its mapping',
    ({ port }) => {
      const webhook = port.store.webhook('azure-pipelines-net');
      port.store.webhooks.set(webhook.identifier, { ...webhook, mappings: [] });
    },
    /wrong {4}webhook azure-pipelines-net in Port\n.*mappings/,
  ],
  [
    'the secret of the webhook',
    ({ port }) => {
      const webhook = port.store.webhook('azure-pipelines-net');
      const security = { ...webhook.security, secret: '0'.repeat(64) };
      port.store.webhooks.set(webhook.identifier, { ...webhook, security });
    },
    /wrong {4}webhook azure-pipelines-net in Port\n {9}its secret is another one\n/,
  ],
  [
    'an automation',
    ({ port }) => port.store.actions.delete('azure_pipeline_run_ended'),
    /missing {2}automation azure_pipeline_run_ended/,
  ],
  [
    'the blueprint of the net',
    ({ port }) => port.store.blueprints.delete('azure_pipeline_run'),
    /missing {2}blueprint azure_pipeline_run/,
  ],
  ['the service hook', ({ ado }) => ado.store.subscriptions.clear(), /missing {2}service hook/],
  [
    'the service hook, disabled',
    ({ ado }) => {
      for (const subscription of ado.store.subscriptions.values()) subscription.status = 'disabledBySystem';
    },
    /wrong {4}service hook .*\n.*it is disabledBySystem/,
  ],
  [
    'a filter of the service hook',
    ({ ado }) => {
      for (const subscription of ado.store.subscriptions.values())
        subscription.publisherInputs.runResultId = 'Failed';
    },
    /wrong {4}service hook .*\n.*runResultId is "Failed", not unset/,
  ],
];

type Ado = Loop['ado'];
const idOf = (ado: Ado, name: string): string =>
  [...ado.store.endpoints.values()].find((endpoint) => endpoint.name === name)?.id ?? '';
const parametersOf = (ado: Ado, name: string): Record<string, string> =>
  ado.store.endpoints.get(idOf(ado, name))?.authorization.parameters ?? {};

const writesOf = ({ ado, port }: Loop): string[] =>
  [...ado.requests, ...port.requests]
    .map(({ method, path }) => `${method} ${path}`)
    .filter(
      (line) =>
        !line.startsWith('GET') &&
        !line.startsWith('OPTIONS') &&
        !/access_token|subscriptionsquery|inputValuesQuery/.test(line),
    );

describe('setup', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  it('makes the whole loop out of nothing, so that the action runs end to end, and then finds no change', async () => {
    const loop = await startLoop({ runner: reporting });

    const first = await loop.run('setup', 'apply');
    assert.equal(first.code, 0, first.stderr);
    const id = await loop.execute();
    await loop.settle();
    assert.equal(loop.port.store.run(id).status, 'SUCCESS');
    assert.equal(loop.port.store.run(id).statusLabel, 'Deployed');

    const writes = writesOf(loop).length;
    const second = await loop.run('setup', 'apply');
    assert.equal(second.code, 0, second.stderr);
    assert.match(second.stdout, /\nNo change\.\n$/);
    assert.equal(writesOf(loop).length, writes);
    const doctor = await loop.run('doctor');
    assert.equal(doctor.code, 0, doctor.stdout);
    assert.ok(!/missing|wrong|unknown/.test(doctor.stdout), doctor.stdout);
  });

  it('shows a plan and changes nothing', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const { code, stdout } = await loop.run('setup', 'plan');
    assert.equal(code, 0);
    assert.match(stdout, /\+ create {3}service connection port-webhook/);
    assert.match(stdout, /stays .*pipeline deploy in Azure DevOps/);
    assert.match(stdout, /parts to make or change: "setup apply" does it/);
    assert.deepEqual(writesOf(loop), []);
  });

  it('says what is done when it stops half-way, and goes on from there', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    loop.ado.store.faults.answers.set('POST /_apis/serviceendpoint/endpoints', 500);
    const stopped = await loop.run('setup', 'apply');
    assert.equal(stopped.code, 1);
    assert.match(stopped.stdout, /created {4}blueprint deployment in Port/);
    assert.match(
      stopped.stderr,
      /Stopped at service connection port-webhook .*create the service connection "port-webhook" -> 500/,
    );
    assert.match(stopped.stderr, /6 of 16 parts are done.*Not looked at yet: .*action deploy_service/);

    loop.ado.store.faults.answers.clear();
    const rest = await loop.run('setup', 'apply');
    assert.equal(rest.code, 0, rest.stderr);
    assert.match(rest.stdout, /unchanged {2}blueprint deployment in Port/);
    assert.match(rest.stdout, /created {4}action deploy_service in Port/);
  });

  it('keeps what people added to a blueprint', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await loop.run('setup', 'apply');
    const { store } = loop.port;
    const blueprint = store.blueprint('deployment');
    const properties = { cost: { type: 'number' } };
    store.blueprints.set('deployment', { ...blueprint, schema: { properties, required: [] } });
    await loop.run('setup', 'apply');
    assert.deepEqual(Object.keys(store.blueprint('deployment').schema.properties).sort(), [
      'cost',
      'imageTag',
      'jobUrl',
    ]);
  });

  it('writes secrets again when asked, and never shows them', async () => {
    const loop = await startLoop({ runner: reporting });
    const first = await loop.run('setup', 'apply');
    parametersOf(loop.ado, 'port').password = 'old';
    const same = await loop.run('setup', 'apply');
    assert.match(same.stdout, /No change/);
    const again = await loop.run('setup', 'apply', '--rewrite-secrets');
    assert.match(again.stdout, /changed {4}service connection port \(Port\)/);
    assert.equal(parametersOf(loop.ado, 'port').password, loop.port.clientSecret);
    for (const { stdout, stderr } of [first, same, again]) {
      assert.ok(!(stdout + stderr).includes(loop.port.clientSecret));
      assert.ok(
        !(stdout + stderr).includes(loop.port.store.webhook('azure-pipelines-net').security.secret ?? 'none'),
      );
    }
  });

  it('needs the pipeline to be there, and says how to make it', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    loop.ado.store.pipelines.clear();
    const { code, stderr } = await loop.run('setup', 'apply');
    assert.equal(code, 1);
    assert.match(stderr, /Stopped at pipeline deploy .*Create the pipeline from your YAML file/);
    assert.deepEqual(writesOf(loop), []);
  });

  it('lists every problem of the file at once', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const file = join(loop.folder, 'port-azure.yml');
    await writeFile(
      file,
      'organization: http://azure.example.com/x\nproject: [a]\nwebhok: {}\nport: {actions: [nowhere.json]}\n',
    );
    const { code, stderr } = await loop.run('setup', 'plan');
    assert.equal(code, 1);
    for (const words of [
      /unencrypted/,
      /project must be text/,
      /pipeline is missing/,
      /webhok is not known/,
      /nowhere\.json cannot be read/,
    ])
      assert.match(stderr, words);
  });

  it('refuses an action that would send no run id', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const file = join(loop.folder, 'deploy_service.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('.run.id', '.run.name'));
    const { stderr } = await loop.run('setup', 'plan');
    assert.match(stderr, /The action deploy_service sends no run id/);
  });
});

describe('a part that a hand broke', function () {
  this.timeout(60_000);
  let loop: Loop;
  before(async () => {
    loop = await startLoop({ runner: fakeRunner() });
    await loop.run('setup', 'apply');
  });
  after(closeLoops);

  for (const [what, breakIt, words] of breakages) {
    it(`is named by the doctor and mended by apply: ${what}`, async () => {
      breakIt(loop);
      const doctor = await loop.run('doctor');
      const mended = await loop.run('setup', 'apply');
      assert.equal(doctor.code, 1);
      assert.match(doctor.stdout, words);
      assert.equal(mended.code, 0, mended.stderr);
    });
  }

  it('leaves nothing behind once all are mended', async () => {
    const { code, stdout } = await loop.run('doctor');
    assert.equal(code, 0, stdout);
  });
});

describe('doctor', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  it('says that it cannot look where the sign-in has no right, and ends with 3', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await loop.run('setup', 'apply');
    const { code, stdout } = await runCommand(
      ['doctor', '--json'],
      {
        AZURE_DEVOPS_EXT_PAT: 'weak',
        PORT_CLIENT_ID: loop.port.clientId,
        PORT_CLIENT_SECRET: loop.port.clientSecret,
      },
      loop.folder,
    );
    const { parts } = JSON.parse(stdout) as { parts: { id: string; state: string; details: string[] }[] };
    const states = new Map(parts.map(({ id, state }) => [id, state]));
    assert.equal(states.get('azure/sign-in'), 'ok');
    assert.equal(states.get('azure/project'), 'unknown');
    assert.equal(states.get('azure/connection/port'), 'unknown');
    assert.equal(states.get('port/blueprint/deployment'), 'ok');
    assert.equal(code, 3);
  });

  it('names a refused sign-in to Port as such, and says nothing of what it could not see', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const { code, stdout } = await runCommand(
      ['doctor'],
      { AZURE_DEVOPS_EXT_PAT: 'pat', PORT_CLIENT_ID: loop.port.clientId, PORT_CLIENT_SECRET: 'wrong' },
      loop.folder,
    );
    assert.equal(code, 1);
    assert.match(stdout, /wrong {4}sign-in to Port\n.*Cannot sign in to Port/);
    assert.match(stdout, /unknown {2}blueprint deployment/);
  });

  it('reads only', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await loop.run('doctor');
    assert.deepEqual(writesOf(loop), []);
  });

  it('finds a pipeline file that does not name the connection or carry the run id', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await loop.run('setup', 'apply');
    await writeFile(join(loop.folder, 'deploy.yml'), 'name: $(Date:yyyyMMdd)\nsteps: []\n');
    const { code, stdout } = await loop.run('doctor');
    assert.equal(code, 1);
    assert.match(
      stdout,
      /wrong {4}pipeline file .*\n.*no resources\.webhooks entry has connection: port-webhook\n.*name: does not hold \$\(PORT_RUN_ID\)/,
    );
  });

  it('gives the project that is not there one line of its own', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const file = join(loop.folder, 'port-azure.yml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('project: my-project', 'project: nowhere'));
    const { code, stdout } = await loop.run('doctor');
    assert.equal(code, 1);
    assert.match(stdout, /wrong {4}project nowhere in Azure DevOps\n.*There is no project "nowhere"/);
    assert.match(stdout, /unknown {2}service connection port /);
  });
});
