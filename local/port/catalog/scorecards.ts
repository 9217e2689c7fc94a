import type { Entity, Scorecard, ScorecardQuery, ScorecardResult } from '../model.ts';
import { invalidRequest } from '../problem.ts';
import type { Store } from '../store.ts';
import { type EntityTest, compileQuery } from './search.ts';

/** The levels of a scorecard that names none. */
export const defaultLevels: Scorecard['levels'] = [
  { title: 'Basic', color: 'paleBlue' },
  { title: 'Bronze', color: 'bronze' },
  { title: 'Silver', color: 'silver' },
  { title: 'Gold', color: 'gold' },
];

/** Throws 422 for a rule of a level that it cannot have, and for a condition that is none. */
export function checkScorecard({ levels, rules, filter }: Scorecard): void {
  const [, ...reachable] = levels.map(({ title }) => title);
  if (filter) compile(filter);
  for (const { identifier, level, query } of rules) {
    compile(query);
    if (!reachable.includes(level))
      throw invalidRequest(`Rule "${identifier}" must be of one of the levels ${reachable.join(', ')}`);
  }
}

/** An entity with its scorecards as they stand now; a scorecard whose filter leaves the entity out is not there. */
export function withScorecards(store: Store, entity: Entity): Entity {
  const scorecards = [...(store.scorecards.get(entity.blueprint)?.values() ?? [])];
  const evaluated = scorecards.filter(({ filter }) => !filter || compile(filter)(entity));
  if (evaluated.length === 0) return entity;
  const results = evaluated.map((scorecard) => [scorecard.identifier, evaluate(scorecard, entity)] as const);
  return { ...entity, scorecards: Object.fromEntries(results) };
}

/** Levels run from the lowest, which everything holds; one is held when all rules of it and of those below pass. */
function evaluate(scorecard: Scorecard, entity: Entity): ScorecardResult {
  const rules = scorecard.rules.map(({ identifier, level, query }) => ({
    identifier,
    status: compile(query)(entity) ? ('SUCCESS' as const) : ('FAILURE' as const),
    level,
  }));
  const titles = scorecard.levels.map(({ title }) => title);
  const failed = rules.filter(({ status }) => status === 'FAILURE').map(({ level }) => titles.indexOf(level));
  const held = Math.min(titles.length, ...failed) - 1;
  return { level: titles[held] ?? '', rules };
}

function compile({ combinator, conditions }: ScorecardQuery): EntityTest {
  return compileQuery({ combinator, rules: conditions });
}
