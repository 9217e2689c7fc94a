import type { LocalPort } from '../../../../local/port/index.ts';
import { probeTests } from '../probe-tests.ts';

const run = /^\/v1\/actions\/runs\/[^/]+$/;
const runs = /^\/v1\/actions\/runs$/;
const actions = ['POST', /^\/v1\/actions$/] as const;
const entities = ['POST', /^\/v1\/blueprints\/[^/]+\/entities$/] as const;

const refuses = (port: LocalPort, path: RegExp, status: number): void =>
  port.rewrites.add('PATCH', path, () => ({ status, body: { ok: false, error: 'refused', message: 'No' } }));

/** The runs of automations are listed with a status of their own. */
const listsAs = (port: LocalPort, status: string): void =>
  port.rewrites.add('GET', runs, ({ body }) => ({
    body: { ok: true, runs: (body as { runs: object[] }).runs.map((each) => ({ ...each, status })) },
  }));

describe('verify, about automations', function () {
  this.timeout(60_000);
  probeTests({
    'automation-own-api': {
      differs: ({ port }) => refuses(port, run, 401),
      came: /^FAILURE, with the label$/,
      closed: entities,
    },
    'automation-node-routes': {
      differs: ({ port }) => refuses(port, /^\/v1\/workflows\/nodes\/runs\/[^/]+$/, 404),
      came: /^FAILURE$/,
      closed: ['POST', /^\/v1\/workflows$/],
    },
    'automation-refused': {
      differs: ({ port }) => listsAs(port, 'SUCCESS'),
      came: /^SUCCESS$/,
      closed: actions,
    },
    'synchronized-401': {
      differs: ({ port }) => listsAs(port, 'SUCCESS'),
      came: /^SUCCESS$/,
      closed: actions,
    },
    'template-once': {
      differs: ({ port }) => void (port.quirks.fillsTemplatesOnce = false),
      came: /^what they name$/,
      closed: actions,
    },
    'automation-object': {
      differs: ({ port }) =>
        port.rewrites.add('GET', /^\/v1\/blueprints\/[^/]+\/entities\/[^/]+$/, () => ({
          body: { ok: true, entity: { properties: { progressOf: '{"at":"…"}' } } },
        })),
      came: /^SUCCESS, with another one$/,
      closed: entities,
    },
    'automation-run': {
      differs: ({ port }) => refuses(port, run, 422),
      came: /^its id is told; label 422 refused, log 201, end 422 refused; SUCCESS, Tearing down$/,
      closed: entities,
    },
    'timer-runs-out': {
      differs: ({ port }) => void (port.quirks.noticesTimers = false),
      came: /^it does not$/,
      closed: actions,
    },
    'timer-overdue': {
      differs: ({ port }) => void (port.quirks.noticesTimers = false),
      came: /^it does not$/,
      closed: actions,
    },
  });
});
