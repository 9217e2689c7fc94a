import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildRunner, RunRequest } from '../../local/agent/types.ts';
import { fakeRunner } from '../local/azure-devops/fake-runner.ts';
import { runCommand } from './command-line.ts';
import { closeLoops, parametersOf, startLoop, writesOf } from './loop-fixture.ts';

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
    assert.match(stopped.stderr, /6 of 18 parts are done.*Not looked at yet: .*action deploy_service/);

    const told = (await loop.run('setup', 'apply', '--json')).json() as Record<string, unknown>;
    assert.deepEqual(Object.keys(told), ['applied', 'removed', 'failed', 'left', 'error']);

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
    store.blueprints.set('deployment', { ...blueprint, schema: { properties, required: ['cost'] } });
    await loop.run('setup', 'apply');
    assert.deepEqual(store.blueprint('deployment').schema.required, ['cost']);
    assert.match((await loop.run('setup', 'plan')).stdout, /Nothing to do/);
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

  it('waits until a new service connection is ready', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    loop.ado.store.faults.readsUntilReady = 2;
    const { code, stderr } = await loop.run('setup', 'apply');
    assert.equal(code, 0, stderr);
    assert.equal(loop.ado.store.faults.readsUntilReady, 0);
  });

  const signIns: [string, Record<string, string>, RegExp][] = [
    ['a wrong personal access token', { AZURE_DEVOPS_EXT_PAT: 'wrong' }, /^error Cannot sign in: .* -> 401/],
    [
      'a token without rights',
      { AZURE_DEVOPS_EXT_PAT: 'weak' },
      /^error Cannot read the project "my-project" -> 403; .*lacks this right/,
    ],
    [
      "a wrong client secret of Port's",
      { PORT_CLIENT_SECRET: 'wrong' },
      /^error Cannot sign in to Port: POST \/v1\/auth\/access_token -> 401/,
    ],
    ['no credentials of Port', { PORT_CLIENT_ID: '' }, /^error Not signed in to Port: set PORT_CLIENT_ID/],
    [
      'a Port that is not there',
      { PORT_BASE_URL: 'http://127.0.0.1:9' },
      /error Cannot sign in to Port: .*ECONNREFUSED/,
    ],
    [
      'a Port that would be sent the secret in clear',
      { PORT_BASE_URL: 'http://port.example.com' },
      /^error .*unencrypted/,
    ],
    [
      "Port's web app instead of its API",
      { PORT_BASE_URL: 'https://app.port.io' },
      /^error PORT_BASE_URL "https:\/\/app\.port\.io" is Port's web app/,
    ],
    [
      'an address of Port with a password',
      { PORT_BASE_URL: 'https://me:pass@api.port.io' },
      /^error PORT_BASE_URL holds a user name or password/,
    ],
    [
      'an address of Port that is none of the web',
      { PORT_BASE_URL: 'ftp://api.port.io' },
      /^error PORT_BASE_URL "ftp:\/\/api\.port\.io" is not a web address/,
    ],
  ];
  for (const [what, variables, words] of signIns) {
    it(`has one message for ${what}, and writes nothing`, async () => {
      const loop = await startLoop({ runner: fakeRunner() });
      const environment = {
        AZURE_DEVOPS_EXT_PAT: 'pat',
        PORT_CLIENT_ID: loop.port.clientId,
        PORT_CLIENT_SECRET: loop.port.clientSecret,
        ...variables,
      };
      const { code, stderr } = await runCommand(
        ['setup', 'apply', '--timeout', '1'],
        environment,
        loop.folder,
      );
      assert.equal(code, what === 'a Port that is not there' ? 3 : 1);
      assert.match(stderr, words);
      assert.equal(stderr.split('\n').filter((line) => line.startsWith('error')).length, 1);
      assert.deepEqual(writesOf(loop), []);
    });
  }

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
    assert.equal(code, 2);
    for (const words of [
      /unencrypted/,
      /project must be text/,
      /pipeline is missing/,
      /webhok is not known/,
      /Cannot read .*nowhere\.json/,
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

  it('refuses an action that Port ends at once, or that calls Azure DevOps by its address without the run id', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const file = join(loop.folder, 'deploy_service.json');
    const action = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const invocationMethod = {
      type: 'WEBHOOK',
      url: 'https://dev.azure.com/o/_apis/public/distributedtask/webhooks/portDeploy?api-version=6.0-preview',
      synchronized: true,
      body: { id: '{{ .run.name }}' },
    };
    await writeFile(file, JSON.stringify({ ...action, invocationMethod }));
    const { stderr } = await loop.run('setup', 'plan');
    assert.match(stderr, /deploy_service sends no run id.* into its body/);
    assert.match(stderr, /deploy_service is synchronized: .*Set "synchronized": false/);
  });

  it('takes an action that only changes a pipeline run: it needs no run id and no entry, and may end at once', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const cancel = await readFile(
      join(import.meta.dirname, '../../examples/cancel-pipeline/port/cancel_deployment.action.json'),
      'utf8',
    );
    await writeFile(join(loop.folder, 'cancel_deployment.json'), cancel);
    const file = join(loop.folder, 'port-azure.yml');
    const settings = await readFile(file, 'utf8');
    await writeFile(
      file,
      settings.replace('[deploy_service.json]', '[deploy_service.json, cancel_deployment.json]'),
    );
    const { code, stderr, stdout } = await loop.run('setup', 'apply');
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stdout, /starts nothing/);
    assert.ok(loop.port.store.actions.has('cancel_deployment'));
  });

  for (const net of ['no', 'off', '"false"', '"true"', '1', '[]', '""'])
    it(`takes net: ${net} for neither yes nor no`, async () => {
      const loop = await startLoop({ runner: fakeRunner(), net });
      const { code, stderr, stdout } = await loop.run('setup', 'plan');
      assert.equal(code, 2);
      assert.match(stderr, /net is .*It must be true, false, or a mapping/);
      assert.equal(stdout, '');
    });

  it('reads a JSON file with a byte order mark, in UTF-16 too', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const file = join(loop.folder, 'deploy_service.json');
    const text = await readFile(file, 'utf8');
    for (const bytes of [Buffer.from(`\ufeff${text}`), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
      await writeFile(file, bytes);
      const { code, stderr } = await loop.run('setup', 'plan');
      assert.equal(code, 0, stderr);
    }
  });

  it('tells a comment and a missing comma in a JSON file with line and column', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const file = join(loop.folder, 'deployment.json');
    for (const [text, words] of [
      [
        '{\n  "identifier": "deployment", // ours\n  "schema": {}\n}',
        /deployment\.json, line 2, column 31: .*comment/i,
      ],
      ['{\n  "identifier": "deployment"\n  "schema": {}\n}', /deployment\.json, line 3, column 3: /],
    ] as const) {
      await writeFile(file, text);
      const { code, stderr } = await loop.run('setup', 'plan');
      assert.equal(code, 2);
      assert.match(stderr, words);
    }
  });

  it('tells a blueprint among the actions, and an action among the blueprints, before anything is made', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const file = join(loop.folder, 'port-azure.yml');
    const text = (await readFile(file, 'utf8'))
      .replace('blueprints: [deployment.json]', 'blueprints: [deploy_service.json]')
      .replace('actions: [deploy_service.json]', 'actions: [deployment.json]');
    await writeFile(file, text);
    const { code, stderr } = await loop.run('setup', 'apply');
    assert.equal(code, 2);
    assert.match(
      stderr,
      /deploy_service\.json is none of port\.blueprints: .* List it under port\.actions\./,
    );
    assert.match(stderr, /deployment\.json is none of port\.actions: .* List it under port\.blueprints\./);
    assert.deepEqual(writesOf(loop), []);
  });

  it('names a member of the file by its whole path', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await writeFile(
      join(loop.folder, 'port-azure.yml'),
      'organization: o\nproject: p\npipeline: q\nwebhook: {conection: x}\nport: {url: [], actions: a.json}\nnet: {evnt: x}\n',
    );
    const { stderr } = await loop.run('setup', 'plan');
    for (const words of [
      'webhook.name is missing',
      'webhook.conection is not known',
      'port.url must be text',
      'port.actions must be a list',
      'net.evnt is not known',
    ])
      assert.ok(stderr.includes(words), `${words} in ${stderr}`);
  });

  it('takes neither a longer name nor plain text in a payload for the run id', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const file = join(loop.folder, 'deploy_service.json');
    const action = await readFile(file, 'utf8');
    for (const text of ['{{ .run.identifier }}', 'see .run.id']) {
      await writeFile(file, action.replace(/\{\{ *\.run\.id *\}\}/, text));
      const { stderr } = await loop.run('setup', 'plan');
      assert.match(stderr, /The action deploy_service sends no run id/, text);
    }
  });

  it('calls an action an automation by its trigger, and not by a word in it', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    const file = join(loop.folder, 'deploy_service.json');
    const action = JSON.parse(await readFile(file, 'utf8')) as { trigger: Record<string, unknown> };
    await writeFile(file, JSON.stringify({ ...action, trigger: { ...action.trigger, title: 'automation' } }));
    const { stdout } = await loop.run('setup', 'plan');
    assert.match(stdout, /action deploy_service in Port/);
  });
});
