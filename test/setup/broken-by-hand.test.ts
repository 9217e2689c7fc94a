import assert from 'node:assert/strict';
import { fakeRunner } from '../local/azure-devops/fake-runner.ts';
import { type Loop, closeLoops, idOf, parametersOf, startLoop } from './loop-fixture.ts';

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
    'the secret of the webhook, emptied',
    ({ port }) => {
      const webhook = port.store.webhook('azure-pipelines-net');
      port.store.webhooks.set(webhook.identifier, {
        ...webhook,
        security: { ...webhook.security, secret: '' },
      });
    },
    /wrong {4}webhook azure-pipelines-net in Port\n {9}it has no secret, so that Port takes events from anybody\n/,
  ],
  [
    'the secret of the webhook, taken away',
    ({ port }) => {
      const webhook = port.store.webhook('azure-pipelines-net');
      const { secret: _secret, ...security } = webhook.security;
      port.store.webhooks.set(webhook.identifier, { ...webhook, security });
    },
    /wrong {4}webhook azure-pipelines-net in Port\n.*it has no secret/,
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
