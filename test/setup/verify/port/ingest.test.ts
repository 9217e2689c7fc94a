import assert from 'node:assert/strict';
import { fakeRunner } from '../../../local/azure-devops/fake-runner.ts';
import { startLoop } from '../../loop-fixture.ts';
import { probeTests } from '../probe-tests.ts';
import { asked } from '../verify-fixture.ts';

const webhooks = ['POST', /^\/v1\/webhooks$/] as const;
const blueprints = ['POST', /^\/v1\/blueprints$/] as const;
const entity = /^\/v1\/blueprints\/[^/]+\/entities\/[^/]+$/;

describe('verify, about webhooks', function () {
  this.timeout(60_000);
  probeTests({
    'webhook-secret': {
      differs: ({ port }) => void (port.quirks.plainSecrets = 'ignored'),
      came: /^the one without arrives, too; answers: 202, 202, 202$/,
      closed: webhooks,
    },
    'webhook-secret-read': {
      differs: ({ port }) =>
        port.rewrites.add('GET', /^\/v1\/webhooks\/[^/]+$/, ({ body }) => ({
          body: { ...(body as object), integration: { security: { secret: '' } } },
        })),
      came: /^it has no secret/,
      closed: webhooks,
    },
    'event-repeated': {
      differs: ({ port }) => void (port.quirks.takesEventsOnce = false),
      came: /^twice; the second one is answered with 202$/,
      closed: blueprints,
    },
    'mapping-keeps-others': {
      differs: ({ port }) => void (port.quirks.mappingsMerge = false),
      came: /^the first one is gone$/,
      closed: ['GET', entity],
    },
    'mapping-without-value': {
      differs: ({ port }) => void (port.quirks.mappingsTakeNull = false),
      came: /^no entity$/,
      closed: webhooks,
    },
    'object-kept': {
      differs: ({ port }) =>
        port.rewrites.add('GET', entity, ({ status, body }) =>
          status === 200
            ? { body: { ok: true, entity: { properties: { progressOf: '{"at":"…"}' } } } }
            : { body },
        ),
      came: /^another string$/,
      closed: blueprints,
    },
  });

  it('finds that webhook-secret differs where the event with the secret does not arrive, and others do', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    loop.port.quirks.plainSecrets = 'refused';
    const { answer, swept } = await asked(loop, 'webhook-secret');
    assert.equal(answer.answer, 'differs');
    assert.match('came' in answer ? answer.came : '', /^the event with the secret does not arrive/);
    assert.deepEqual(swept.left, []);
  });
});
