import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LocalAzureDevOps } from '../../local/azure-devops/index.ts';
import { fakeRunner } from '../local/azure-devops/fake-runner.ts';
import { closeAll, file, start, startReceiver } from '../local/azure-devops/fixture.ts';
import { hooks, pat, runCommand } from './command-line.ts';

const buildFailed = [
  ...['--project', 'my-project', '--event', 'build.complete'],
  ...['--filter', 'buildStatus=failed', '--filter', 'definitionName=WebSite.CI'],
  ...[
    '--consumer',
    'webHooks/httpRequest',
    '--input',
    'url=https://myservice/event',
    '--resource-version',
    '1.0',
  ],
];

const lastBody = (ado: LocalAzureDevOps, path: string, method = 'POST'): unknown =>
  ado.requests.findLast((request) => request.method === method && request.path.endsWith(path))?.body;

const subscriptionsOf = (ado: LocalAzureDevOps) => [...ado.store.subscriptions.values()];

describe('hooks create', function () {
  this.timeout(30_000);
  afterEach(closeAll);

  async function startWithPipeline(): Promise<LocalAzureDevOps> {
    const ado = await start();
    ado.createPipeline({ name: 'WebSite.CI', ...file });
    return ado;
  }

  it('makes the documented subscription to failed builds, in the documented shape', async () => {
    const ado = await startWithPipeline();
    const { code, stdout } = await hooks(ado, 'create', ...buildFailed, '--minimal');
    assert.equal(code, 0);
    assert.match(stdout, /^created {2}[-0-9a-f]{36} {2}enabled/);
    assert.deepEqual(lastBody(ado, '/_apis/hooks/subscriptions'), {
      publisherId: 'tfs',
      eventType: 'build.complete',
      resourceVersion: '1.0',
      consumerId: 'webHooks',
      consumerActionId: 'httpRequest',
      publisherInputs: { projectId: ado.project.id, buildStatus: 'Failed', definitionName: 'WebSite.CI' },
      consumerInputs: { url: 'https://myservice/event' },
    });
  });

  it('asks for the whole resource and all messages unless told to be minimal', async () => {
    const ado = await startWithPipeline();
    await hooks(ado, 'create', ...buildFailed);
    assert.deepEqual(subscriptionsOf(ado)[0]?.consumerInputs, {
      resourceDetailsToSend: 'all',
      messagesToSend: 'all',
      detailedMessagesToSend: 'all',
      url: 'https://myservice/event',
    });
  });

  it('makes the subscription of the C# sample, pushes into a Service Bus queue, with its secret from the environment', async () => {
    const ado = await start();
    const { code, stdout, stderr } = await runCommand(
      [
        ...['hooks', 'create', '--organization', ado.organizationUrl, '--project', 'my-project'],
        ...['--event', 'git.push', '--consumer', 'azureServiceBus/serviceBusQueueSend', '--json'],
        ...['--input', 'queueName=pushes', '--input-env', 'connectionString=BUS'],
      ],
      { ...pat, BUS: 'Endpoint=sb://a/;SharedAccessKey=hidden' },
    );
    assert.equal(code, 0, stderr);
    const [subscription] = subscriptionsOf(ado);
    assert.equal(subscription?.eventType, 'git.push');
    assert.equal(subscription.consumerInputs.connectionString, 'Endpoint=sb://a/;SharedAccessKey=hidden');
    assert.ok(!stdout.includes('hidden') && !stderr.includes('hidden'));
  });

  it('makes one when it is run twice', async () => {
    const ado = await startWithPipeline();
    await hooks(ado, 'create', ...buildFailed);
    const again = await hooks(ado, 'create', ...buildFailed);
    assert.match(again.stdout, /^unchanged/);
    assert.equal(ado.store.subscriptions.size, 1);
  });

  it('makes another for another filter', async () => {
    const ado = await startWithPipeline();
    await hooks(ado, 'create', ...buildFailed);
    await hooks(ado, 'create', ...buildFailed, '--filter', 'buildStatus=Stopped');
    assert.equal(ado.store.subscriptions.size, 2);
  });

  for (const status of [
    'disabledByUser',
    'disabledBySystem',
    'disabledByInactiveIdentity',
    'onProbation',
  ] as const) {
    it(`repairs one that is ${status}`, async () => {
      const ado = await startWithPipeline();
      await hooks(ado, 'create', ...buildFailed);
      const [subscription] = subscriptionsOf(ado);
      assert.ok(subscription);
      subscription.status = status;
      const again = await hooks(ado, 'create', ...buildFailed);
      assert.match(
        again.stdout,
        new RegExp(`^repaired {2}${subscription.id} {2}enabled\\n {2}it is ${status}`),
      );
      assert.equal(subscriptionsOf(ado)[0]?.status, 'enabled');
      assert.equal(ado.store.subscriptions.size, 1);
    });
  }

  it('repairs one that was made with less than is asked for', async () => {
    const ado = await startWithPipeline();
    await hooks(ado, 'create', ...buildFailed, '--minimal');
    const again = await hooks(ado, 'create', ...buildFailed);
    assert.match(again.stdout, /^repaired[^]*resourceDetailsToSend is not set, not "all"/);
    assert.equal(ado.store.subscriptions.size, 1);
  });

  it('makes another one on demand, for a receiver whose address cannot be compared', async () => {
    const ado = await start();
    const slack = ['--event', 'build.complete', '--consumer', 'slack/postMessageToChannel', '--input'];
    await hooks(ado, 'create', ...slack, 'url=https://chat.example.com/a');
    const other = await hooks(ado, 'create', ...slack, 'url=https://chat.example.com/b');
    assert.match(other.stdout, /^unchanged/);
    assert.match(
      other.stderr,
      /cannot be read back; it is taken for the one you gave. --new makes another one/,
    );
    await hooks(ado, 'create', ...slack, 'url=https://chat.example.com/b', '--new');
    assert.equal(ado.store.subscriptions.size, 2);
  });

  it('changes nothing in a dry run, and shows what it would send without the secrets', async () => {
    const ado = await start();
    const { stdout } = await runCommand(
      [
        ...[
          'hooks',
          'create',
          '--organization',
          ado.organizationUrl,
          '--dry-run',
          '--json',
          '--event',
          'build.complete',
        ],
        ...['--consumer', 'webHooks/httpRequest', '--input', 'url=https://myservice/event'],
        ...['--input-env', 'httpHeaders=HEADERS'],
      ],
      { ...pat, HEADERS: 'x-key:hidden' },
    );
    const result = JSON.parse(stdout) as {
      action: string;
      subscription: { consumerInputs: Record<string, string> };
    };
    assert.equal(result.action, 'create');
    assert.equal(result.subscription.consumerInputs.httpHeaders, '***');
    assert.equal(ado.store.subscriptions.size, 0);
  });

  it('creates nothing when the list of subscriptions fails', async () => {
    const ado = await startWithPipeline();
    ado.store.faults.answers.set('POST /_apis/hooks/subscriptionsquery', 500);
    const { code, stderr } = await hooks(ado, 'create', ...buildFailed);
    assert.equal(code, 1);
    assert.match(stderr, /Cannot list the subscriptions: POST .* -> 500/);
    assert.equal(ado.store.subscriptions.size, 0);
  });

  it('filters the list on the server', async () => {
    const ado = await startWithPipeline();
    await hooks(ado, 'create', ...buildFailed);
    const query = lastBody(ado, '/subscriptionsquery') as Record<string, unknown>;
    assert.equal(query.eventType, 'build.complete');
    assert.match(
      JSON.stringify(query),
      new RegExp(`"inputId":"projectId","operator":"equals","inputValue":"${ado.project.id}"`),
    );
  });

  const slips: [string, string[], RegExp][] = [
    ['an event that is not there', ['--event', 'build.completed'], /There is no event "build.completed"/],
    [
      'a filter that the event lacks',
      ['--filter', 'branch=main'],
      /has no filter "branch". It has: projectId, definitionName, buildStatus/,
    ],
    [
      'a filter value that cannot be',
      ['--filter', 'buildStatus=broken'],
      /"broken" is no buildStatus. It can be: Succeeded, PartiallySucceeded, Failed, Stopped/,
    ],
    [
      'a pipeline that is not there',
      ['--filter', 'definitionName=Other'],
      /"Other" is no definitionName. It can be: WebSite.CI/,
    ],
    [
      'a consumer that is not there',
      ['--consumer', 'webHooks/http'],
      /There is no consumer "webHooks\/http"/,
    ],
    ['an input that the consumer lacks', ['--input', 'uri=x'], /has no input "uri"/],
    ['a version that the event lacks', ['--resource-version', '3.0'], /has no version "3.0"/],
    ['http', ['--input', 'url=http://myservice/event'], /unencrypted. Use https/],
    [
      'http to a foreign host even with --allow-http',
      ['--input', 'url=http://myservice/event', '--allow-http'],
      /unencrypted/,
    ],
    [
      'a variable that is not set',
      ['--input-env', 'basicAuthPassword=NOT_SET'],
      /variable NOT_SET is not set/,
    ],
  ];
  for (const [what, args, words] of slips) {
    it(`refuses ${what} before anything is sent`, async () => {
      const ado = await startWithPipeline();
      const { code, stderr } = await hooks(ado, 'create', ...buildFailed, ...args);
      assert.equal(code, 1);
      assert.match(stderr, words);
      assert.ok(!ado.requests.some((request) => request.path.endsWith('/subscriptions')));
    });
  }

  it("shows Azure DevOps' own words when it refuses", async () => {
    const ado = await startWithPipeline();
    ado.store.faults.answers.set('POST /_apis/hooks/subscriptions', 400);
    const { stderr } = await hooks(ado, 'create', ...buildFailed);
    assert.match(
      stderr,
      /^error Cannot create the subscription: POST \/_apis\/hooks\/subscriptions -> 400; Azure DevOps says "TF400898/,
    );
  });
});

describe('hooks list, test, delete and events', function () {
  this.timeout(30_000);
  afterEach(closeAll);

  it('lists and deletes', async () => {
    const ado = await start();
    await hooks(
      ado,
      'create',
      '--event',
      'build.complete',
      '--consumer',
      'webHooks/httpRequest',
      '--input',
      'url=https://a/b',
    );
    const [id = ''] = ado.store.subscriptions.keys();
    const list = await hooks(ado, 'list', '--event', 'build.complete');
    const none = await hooks(ado, 'list', '--event', 'git.push');
    const gone = await hooks(ado, 'delete', id, '00000000-0000-0000-0000-000000000001');
    assert.match(list.stdout, new RegExp(`^${id} {2}enabled {2}tfs/build.complete .* -> https://a/b`));
    assert.equal(none.stdout, 'No subscription.\n');
    assert.equal(gone.code, 1);
    assert.equal(ado.store.subscriptions.size, 1, 'a wrong id stops before the first deletion');
    assert.match((await hooks(ado, 'delete', id)).stdout, /^deleted/);
    assert.equal(ado.store.subscriptions.size, 0);
  });

  it('shows what the receiver answers to a test, and fails where it refuses', async () => {
    const ado = await start();
    const { url } = await startReceiver([200, 500]);
    const wish = [
      '--event',
      'build.complete',
      '--consumer',
      'webHooks/httpRequest',
      '--input',
      `url=${url}`,
      '--allow-http',
    ];
    const good = await hooks(ado, 'test', ...wish);
    const bad = await hooks(ado, 'test', ...wish);
    assert.match(good.stdout, /^succeeded {2}the receiver answered 200\nseen/);
    assert.equal(good.code, 0);
    assert.match(bad.stdout, /^failed {2}the receiver answered 500/);
    assert.equal(bad.code, 1);
  });

  it('tests a subscription that exists, its secrets included', async () => {
    const ado = await start();
    const { url, received } = await startReceiver();
    await runCommand(
      [
        ...[
          'hooks',
          'create',
          '--organization',
          ado.organizationUrl,
          '--event',
          'build.complete',
          '--allow-http',
        ],
        ...[
          '--consumer',
          'webHooks/httpRequest',
          '--input',
          `url=${url}`,
          '--input-env',
          'httpHeaders=HEADERS',
        ],
      ],
      { ...pat, HEADERS: 'x-key:hidden' },
    );
    const [id = ''] = ado.store.subscriptions.keys();
    const { code, stdout } = await hooks(ado, 'test', '--subscription', id, '--json');
    assert.equal(code, 0);
    assert.equal((JSON.parse(stdout) as { status: number }).status, 200);
    assert.equal(received[0]?.headers['x-key'], 'hidden');
  });

  it('shows events, their filters and the consumers', async () => {
    const ado = await start();
    const all = await hooks(ado, 'events');
    const one = await hooks(ado, 'events', 'build.complete');
    const consumers = await hooks(ado, 'events', '--consumers', 'serviceBusQueueSend');
    for (const event of [
      'git.push',
      'tfvc.checkin',
      'workitem.created',
      'ms.vss-pipelines.run-state-changed-event',
    ])
      assert.ok(all.stdout.includes(event), event);
    assert.match(one.stdout, /buildStatus {2}Succeeded \| PartiallySucceeded \| Failed \| Stopped/);
    assert.match(consumers.stdout, /connectionString {2}required {2}secret/);
  });
});

describe('sign-in', function () {
  this.timeout(30_000);
  afterEach(closeAll);

  const list = (organization: string, environment: Record<string, string>, ...args: string[]) =>
    runCommand(['hooks', 'list', '--organization', organization, ...args], environment);

  it('says in one line that a personal access token is refused, by 401 or by the sign-in page', async () => {
    const ado = await start();
    for (const isPage of [false, true]) {
      ado.store.faults.signInPage = isPage;
      const { code, stderr } = await list(ado.organizationUrl, { AZURE_DEVOPS_EXT_PAT: 'wrong' });
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^error Cannot sign in: .*does not accept the personal access token in AZURE_DEVOPS_EXT_PAT.*\n$/,
      );
      assert.ok(!stderr.includes('<html'));
    }
  });

  it('names the missing right', async () => {
    const ado = await start(fakeRunner(), { tokenWithoutRights: 'weak' });
    const { code, stderr } = await list(ado.organizationUrl, { AZURE_DEVOPS_EXT_PAT: 'weak' });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /-> 403; Azure DevOps says "Access Denied: .* View Subscriptions". The personal access token .* lacks this right/,
    );
  });

  it('says that the project is unknown', async () => {
    const ado = await start();
    const { code, stderr } = await list(ado.organizationUrl, pat, '--project', 'nowhere');
    assert.equal(code, 1);
    assert.match(stderr, /^error There is no project "nowhere" in http.*\n$/);
  });

  it('says that nothing answers', async () => {
    const { code, stderr } = await list('http://127.0.0.1:9/my-org', pat);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error Cannot sign in.*no answer from http:\/\/127\.0\.0\.1:9\/my-org.*Nothing answers there.*\n$/,
    );
  });

  it('uses the token of the job, and the URL of a collection', async () => {
    const ado = await start(fakeRunner(), {
      entraToken: 'job-token',
      collectionPath: '/tfs/DefaultCollection',
    });
    const { code, stdout } = await list(ado.organizationUrl, { SYSTEM_ACCESSTOKEN: 'job-token' });
    assert.equal(code, 0);
    assert.equal(stdout, 'No subscription.\n');
  });

  it('asks Entra ID for a token where the environment has none, as "az login" left it', async () => {
    const ado = await start(fakeRunner(), { entraToken: 'entra-token' });
    const folder = await mkdtemp(join(tmpdir(), 'az-'));
    const answer = {
      accessToken: 'entra-token',
      expiresOn: '2099-01-01 00:00:00.000000',
      expires_on: 4070908800,
    };
    await writeFile(join(folder, 'az'), `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`);
    await chmod(join(folder, 'az'), 0o755);
    const { code, stdout, stderr } = await list(ado.organizationUrl, {
      PATH: `${folder}:${process.env.PATH ?? ''}`,
      AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential',
    });
    await rm(folder, { recursive: true });
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'No subscription.\n');
  });

  it('says how to sign in where nobody is', async () => {
    const { code, stderr } = await list('my-org', {
      PATH: '/nowhere',
      AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential',
    });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error Not signed in to Azure DevOps\. Run "az login", or set AZURE_DEVOPS_EXT_PAT/,
    );
    assert.equal(stderr.trimEnd().split('\n').length, 1);
  });

  it('sends credentials over https only, but to this machine', async () => {
    const { code, stderr } = await list('http://azure.example.com/my-org', pat);
    assert.equal(code, 1);
    assert.match(stderr, /unencrypted/);
  });

  it('gives errors as JSON to scripts, and ends with 2 for wrong arguments', async () => {
    const ado = await start();
    const { json, code } = await list(ado.organizationUrl, { AZURE_DEVOPS_EXT_PAT: 'wrong' }, '--json');
    assert.equal(code, 1);
    assert.match((json() as { error: string }).error, /^Cannot sign in/);
    assert.equal((await runCommand(['hooks', 'create'])).code, 2);
    assert.equal((await runCommand(['--help'])).code, 0);
  });
});

describe('the example that tells a chat of failed deployments', function () {
  this.timeout(30_000);
  afterEach(closeAll);

  const script = join(
    import.meta.dirname,
    '..',
    '..',
    'examples',
    'failed-deployment-to-chat',
    'subscribe.sh',
  );
  const main = join(import.meta.dirname, '..', '..', 'setup', 'main.ts');

  for (const [chat, consumer] of [
    ['slack', 'slack'],
    ['teams', 'webHooks'],
  ] as const) {
    it(`subscribes ${chat} once, and never shows the address of the web hook`, async () => {
      const ado = await start();
      ado.createPipeline({ name: 'deploy', ...file });
      const environment = {
        ...process.env,
        ...pat,
        PORT_AZURE_PIPELINES: `${process.execPath} ${main}`,
        ORGANIZATION: ado.organizationUrl,
        PROJECT: 'my-project',
        PIPELINE: 'deploy',
        CHAT: chat,
        CHAT_WEBHOOK: 'https://chat.example.com/hidden',
      };
      const run = (...args: string[]) => promisify(execFile)('sh', [script, ...args], { env: environment });
      const shown = [await run('--dry-run'), await run(), await run('--json')];
      const [subscription] = subscriptionsOf(ado);
      assert.equal(ado.store.subscriptions.size, 1);
      assert.equal(subscription?.consumerId, consumer);
      assert.equal(subscription.consumerInputs.url, 'https://chat.example.com/hidden');
      assert.deepEqual(subscription.publisherInputs.buildStatus, 'Failed');
      assert.ok(!shown.some(({ stdout, stderr }) => (stdout + stderr).includes('hidden')));
    });
  }
});
