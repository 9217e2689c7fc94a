import { probeTests } from '../probe-tests.ts';

describe('verify, about starting runs of actions', function () {
  this.timeout(30_000);
  probeTests({
    'started-run-found': {
      differs: ({ port }) =>
        port.rewrites.add('GET', /^\/v1\/actions\/runs$/, ({ body }) => {
          const { runs } = body as { runs: object[] };
          return { body: { ok: true, runs: runs.map((each) => ({ ...each, properties: {} })) } };
        }),
      came: /^without its inputs$/,
      closed: ['POST', /^\/v1\/actions\/[^/]*\/runs$/],
    },
    'condition-of-action': {
      differs: ({ port }) => void (port.quirks.checksConditions = false),
      came: /^202$/,
      closed: ['POST', /^\/v1\/actions\/[^/]*\/runs$/],
    },
  });
});
