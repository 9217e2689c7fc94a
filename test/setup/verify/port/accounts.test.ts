import assert from 'node:assert/strict';
import { fakeRunner } from '../../../local/azure-devops/fake-runner.ts';
import { startLoop } from '../../loop-fixture.ts';
import { probeTests } from '../probe-tests.ts';
import { asked } from '../verify-fixture.ts';

const users = ['POST', /^\/v1\/blueprints\/_user\/entities$/] as const;
const userBlueprint = /^\/v1\/blueprints\/_user$/;
const run = /^\/v1\/actions\/runs\/[^/]+$/;
const forbidden = { status: 403, body: { ok: false, error: 'missing_permissions', message: 'No' } };

describe('verify, about accounts, permissions, secrets and limits', function () {
  this.timeout(30_000);
  probeTests({
    'account-credentials': {
      differs: ({ port }) =>
        port.rewrites.add(...users, ({ body }) => {
          const { entity } = body as { entity: object };
          return { body: { ok: true, entity } };
        }),
      came: /^members: ok, entity$/,
      closed: users,
    },
    'account-teams': {
      differs: ({ port }) =>
        port.rewrites.add('GET', /^\/v1\/blueprints\/_user\/entities\/[^/]+$/, () => ({
          body: { ok: true, entity: { team: [] } },
        })),
      came: /^taken, and not in the team$/,
      closed: ['POST', /^\/v1\/blueprints\/_team\/entities$/],
    },
    'rotated-credentials': {
      differs: ({ port }) =>
        port.rewrites.add('POST', /^\/v1\/auth\/access_token$/, ({ status, body }) =>
          status === 401 ? { status: 200, body: {} } : { body },
        ),
      came: /^a new client id; sign-in with the new ones 200, with the old ones 200$/,
      closed: ['POST', /^\/v1\/rotate-credentials\//],
    },
    'disabled-account': {
      differs: ({ port }) =>
        port.rewrites.add('GET', userBlueprint, () => ({ status: 200, body: { ok: true } })),
      came: /^token 200, sign-in 401$/,
      closed: users,
    },
    'member-run': {
      differs: ({ port }) => port.rewrites.add('PATCH', run, () => forbidden),
      came: /^reads yes, changes 403 missing_permissions, adds to the log yes, ends 403 missing_permissions$/,
      closed: users,
    },
    'member-entities': {
      differs: ({ port }) => port.rewrites.add('DELETE', /\/entities\/one$/, () => forbidden),
      came: /^reads the blueprint yes, .* finds yes, deletes 403 missing_permissions$/,
      closed: users,
    },
    'secret-names': {
      differs: ({ port }) =>
        port.rewrites.add('GET', /^\/v1\/organization\/secrets\/[^/]+$/, () => ({ status: 404 })),
      came: /^there 404, not there 404$/,
      closed: ['POST', /^\/v1\/organization\/secrets$/],
    },
    'action-permissions': {
      differs: ({ port }) =>
        port.rewrites.add('GET', /\/permissions$/, () => ({
          body: { ok: true, permissions: { execute: { roles: ['Admin'], teams: [], users: [] } } },
        })),
      came: /^missing or others: ownedByTeam$/,
      closed: ['PATCH', /\/permissions$/],
    },
    'rate-limit-reset': {
      differs: ({ port }) =>
        port.rewrites.add('GET', userBlueprint, () => ({ headers: { 'x-ratelimit-reset': 'soon' } })),
      came: /^soon: not understood$/,
      closed: ['GET', userBlueprint],
    },
  });

  it('finds a wait that is told in seconds', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    loop.port.rewrites.add('GET', userBlueprint, () => ({ headers: { 'x-ratelimit-reset': '42' } }));
    const { answer } = await asked(loop, 'rate-limit-reset');
    assert.match(JSON.stringify(answer), /"holds","evidence":"42 s, told in seconds; limit \d+, period \d+"/);
  });

  it('finds new credentials that come otherwise than expected', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    loop.port.rewrites.add('POST', /^\/v1\/rotate-credentials\//, () => ({
      body: { ok: true, credentials: { clientId: 'a', clientSecret: 'b' } },
    }));
    const { answer } = await asked(loop, 'rotated-credentials');
    assert.match(JSON.stringify(answer), /"came":"members: ok, credentials"/);
  });
});
