import assert from 'node:assert/strict';
import type { LocalAzureDevOps } from '../../../local/azure-devops/index.ts';
import { closeAll, file, start } from '../../local/azure-devops/fixture.ts';
import { hooks, pat, runCommand } from '../command-line.ts';

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
    const create = (address: string, ...args: string[]) =>
      runCommand(
        [
          ...['hooks', 'create', '--event', 'build.complete', '--consumer', 'slack/postMessageToChannel'],
          ...['--input-env', 'url=CHAT_ADDRESS', '--organization', ado.organizationUrl, ...args],
        ],
        { ...pat, CHAT_ADDRESS: address },
      );
    await create('https://chat.example.com/a');
    const other = await create('https://chat.example.com/b');
    assert.match(other.stdout, /^unchanged/);
    assert.match(
      other.stderr,
      /cannot be read back; it is taken for the one you gave. --new makes another one/,
    );
    await create('https://chat.example.com/b', '--new');
    assert.equal(ado.store.subscriptions.size, 2);
  });

  it('takes no secret from its arguments', async () => {
    const ado = await start();
    const { code, stderr } = await hooks(
      ado,
      'create',
      ...['--event', 'build.complete', '--consumer', 'webHooks/httpRequest'],
      ...['--input', 'url=https://example.com', '--input', 'BasicAuthPassword=hunter2hunter2'],
    );
    assert.equal(code, 2);
    assert.match(stderr, /basicAuthPassword is a secret.*--input-env basicAuthPassword=VARIABLE/);
    assert.ok(!stderr.includes('hunter2'));
    assert.equal(ado.store.subscriptions.size, 0);
  });

  const receiver = ['--consumer', 'webHooks/httpRequest', '--input', 'url=https://myservice/event'];
  const withSecret = (ado: LocalAzureDevOps, secret: string, ...args: string[]) =>
    runCommand(
      [
        ...['hooks', 'create', '--organization', ado.organizationUrl, '--event', 'build.complete'],
        ...[...receiver, '--input-env', 'basicAuthPassword=SECRET', ...args],
      ],
      { ...pat, SECRET: secret },
    );

  it('repairs one that lacks a secret that is given', async () => {
    const ado = await start();
    await hooks(ado, 'create', '--event', 'build.complete', ...receiver);
    const again = await withSecret(ado, 'first');
    assert.match(again.stdout, /^repaired[^]*\n {2}basicAuthPassword is not set\n/);
    assert.equal(subscriptionsOf(ado)[0]?.consumerInputs.basicAuthPassword, 'first');
  });

  it('says that a secret that is set already is not compared, and names --rewrite, which sends it', async () => {
    const ado = await start();
    await withSecret(ado, 'first');
    const again = await withSecret(ado, 'second', '--json');
    assert.match(again.stderr, /basicAuthPassword of .* cannot be compared .* --rewrite sends/);
    const { action, notCompared } = again.json() as Record<string, unknown>;
    assert.deepEqual([action, notCompared], ['unchanged', ['basicAuthPassword']]);
    assert.equal(subscriptionsOf(ado)[0]?.consumerInputs.basicAuthPassword, 'first');
    const rewritten = await withSecret(ado, 'second', '--rewrite');
    assert.doesNotMatch(rewritten.stderr, /cannot be compared/);
    assert.equal(subscriptionsOf(ado)[0]?.consumerInputs.basicAuthPassword, 'second');
  });

  it('keeps the inputs that nobody mentioned when it repairs, and counts none of them as wrong', async () => {
    const ado = await start();
    await withSecret(ado, 'first', '--input', 'basicAuthUsername=me');
    const [subscription] = subscriptionsOf(ado);
    assert.ok(subscription);
    const same = await hooks(ado, 'create', '--event', 'build.complete', ...receiver);
    assert.match(same.stdout, /^unchanged/);
    subscription.status = 'disabledBySystem';
    const again = await hooks(ado, 'create', '--event', 'build.complete', ...receiver);
    assert.match(again.stdout, /^repaired/);
    const { basicAuthUsername, basicAuthPassword } = subscriptionsOf(ado)[0]?.consumerInputs ?? {};
    assert.deepEqual([basicAuthUsername, basicAuthPassword], ['me', 'first']);
    const sent = lastBody(ado, subscription.id, 'PUT') as { consumerInputs: Record<string, string> };
    assert.equal(sent.consumerInputs.basicAuthPassword, '********');
  });

  it('names the option for each input that is missing, of the environment for a secret', async () => {
    const ado = await start();
    const consumer = ['--consumer', 'azureServiceBus/serviceBusQueueSend'];
    const { stderr } = await hooks(ado, 'create', '--event', 'git.push', ...consumer);
    assert.match(
      stderr,
      /Missing: connectionString, queueName\. Give --input-env connectionString=VARIABLE --input queueName=…\.\n$/,
    );
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
      assert.equal(code, 2);
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
