import { probeTests } from './probe-tests.ts';

describe('verify, about runs of actions', function () {
  this.timeout(30_000);
  probeTests({
    'finished-run': {
      differs: ({ port }) =>
        port.rewrites.add('PATCH', /^\/v1\/actions\/runs\//, ({ status, body }) =>
          status === 422 ? { body: { ok: false, error: 'run_over', message: 'It is over' } } : { body },
        ),
      came: /^422 run_over$/,
      closed: ['POST', /^\/v1\/actions\/[^/]*\/runs$/],
    },
    'summary-markdown': {
      differs: ({ port }) =>
        port.rewrites.add('GET', /^\/v1\/actions\/runs\//, ({ body }) => ({
          body: { ...(body as object), run: { summary: 'cut' } },
        })),
      came: /^3 characters/,
      closed: ['PATCH', /^\/v1\/actions\/runs\//],
    },
  });
});
