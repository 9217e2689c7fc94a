import type { FastifyInstance } from 'fastify';
import { checkScorecard, defaultLevels } from '../catalog/scorecards.ts';
import type { Context } from '../context.ts';
import type { Scorecard } from '../model.ts';
import { notFound } from '../problem.ts';
import { scorecardBody } from '../schemas/scorecard.ts';
import { addDefinitionRoutes } from './definitions.ts';

export function addScorecardRoutes(app: FastifyInstance, context: Context): void {
  const { store } = context;
  const items = (blueprint: string): Map<string, Scorecard> =>
    store.scorecardsOf(store.blueprint(blueprint).identifier);
  app.get('/v1/scorecards', () => ({
    ok: true,
    scorecards: [...store.scorecards.values()].flatMap((scorecards) => [...scorecards.values()]),
  }));
  addDefinitionRoutes<Scorecard>(app, context, {
    path: '/v1/blueprints/:blueprint/scorecards',
    name: 'scorecard',
    body: scorecardBody,
    items,
    find(identifier, blueprint) {
      const scorecard = items(blueprint).get(identifier);
      if (!scorecard) throw notFound('Scorecard', identifier);
      return scorecard;
    },
    complete(body, _before, blueprint) {
      const { levels = defaultLevels } = body as Partial<Scorecard>;
      const scorecard = { ...body, levels, blueprint };
      checkScorecard(scorecard);
      return scorecard;
    },
  });
}
