import { probeTests } from '../probe-tests.ts';

const entity = /^\/v1\/blueprints\/[^/]+\/entities\/[^/]+$/;
const scorecards = /^\/v1\/blueprints\/[^/]+\/scorecards$/;
const search = /^\/v1\/blueprints\/[^/]+\/entities\/search$/;

describe('verify, about scorecards', function () {
  this.timeout(30_000);
  probeTests({
    'scorecard-in-entity': {
      differs: ({ port }) =>
        port.rewrites.add('GET', entity, ({ body }) => ({
          body: { ...(body as object), entity: { identifier: 'one' } },
        })),
      came: /^no scorecards$/,
      closed: ['POST', scorecards],
    },
    'scorecard-definitions': {
      differs: ({ port }) =>
        port.rewrites.add('GET', scorecards, ({ body }) => {
          const [{ levels = [], ...scorecard } = {}] = (body as { scorecards: { levels?: object[] }[] })
            .scorecards;
          return { body: { ok: true, scorecards: [{ ...scorecard, levels: levels.reverse() }] } };
        }),
      came: /^High, Middle, Low; enough of Middle, plenty of High$/,
      closed: ['GET', scorecards],
    },
    'scorecard-search': {
      differs: ({ port }) => port.rewrites.add('POST', search, () => ({ body: { ok: true, entities: [] } })),
      came: /^not found$/,
      closed: ['POST', scorecards],
    },
  });
});
