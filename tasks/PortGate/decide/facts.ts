import { mapInParallel } from '../../common/parallel.ts';
import { type BlueprintLookup, blueprintLookup, getBlueprint } from '../../common/port/blueprints.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import { type StoredEntity, getEntity, isNotFound } from '../../common/port/entities/get-entity.ts';
import { typedQuery } from '../../common/port/entities/query.ts';
import { searchEntities } from '../../common/port/entities/search-entities.ts';
import type { Scorecard } from '../../common/port/scorecards.ts';
import type { Requirements } from '../inputs.ts';
import type { Forbidden } from '../read/forbidden.ts';

/** What Port knows at one look. */
export interface Look {
  /** Undefined where it is not in Port. */
  readonly entity: StoredEntity | undefined;
  /** What each search for forbidden entities has found, the first few. */
  readonly hits: readonly Hits[];
}

export interface Facts extends Look {
  /** Definitions of the blueprint's scorecards; none where no scorecard is asked about. */
  readonly scorecards: readonly Scorecard[];
}

export interface Hits {
  readonly entities: readonly StoredEntity[];
  readonly hasMore: boolean;
}

/** So many entities of a search are named. */
const mostHits = 10;

/** Most calls of a look at a time: a user may forbid dozens of things. */
const callsInFlight = 4;

export function areScorecardsAsked({ levels, rules }: Pick<Requirements, 'levels' | 'rules'>): boolean {
  return levels.length + rules.length > 0;
}

/** How many calls the first look has in flight, the one for the scorecards included. */
export function mostInFlight(requirements: Requirements): number {
  const calls = Math.min(callsInFlight, 1 + requirements.forbidden.length);
  return areScorecardsAsked(requirements) ? 1 + calls : calls;
}

/**
 * One look: a call for the entity and one for each search, side by side, although a search is then made in vain where the blueprint of
 * the entity is not in Port. Scorecards come with the entity, unless `include` is sent.
 * @throws PortApiError where the blueprint, or one of a search, is not in Port; of several errors that of the first call in the order
 *   of the inputs
 */
export async function takeLook(
  port: PortClient,
  { forbidden, blueprint, identifier }: Requirements,
): Promise<Look> {
  const lookUp = blueprintLookup(port);
  let entity: StoredEntity | undefined;
  const hits: Hits[] = [];
  const calls = [
    async () => void (entity = await read(port, { blueprint, identifier })),
    ...forbidden.map((each, index) => async () => void (hits[index] = await search(port, lookUp, each))),
  ];
  await mapInParallel(calls, callsInFlight, (call) => call());
  return { entity, hits };
}

async function read(
  port: PortClient,
  key: Pick<Requirements, 'blueprint' | 'identifier'>,
): Promise<StoredEntity | undefined> {
  try {
    return await getEntity(port, key);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await getBlueprint(port, key.blueprint);
    return undefined;
  }
}

async function search(
  port: PortClient,
  lookUp: BlueprintLookup,
  { blueprint, query }: Forbidden,
): Promise<Hits> {
  const typed = query === undefined ? undefined : await typedQuery(query, blueprint, lookUp);
  const pages = searchEntities(port, {
    ...{ blueprint, query: typed, limit: mostHits },
    include: ['identifier', 'title', 'blueprint'],
  });
  const entities: StoredEntity[] = [];
  let hasMore = false;
  for await (const page of pages) {
    entities.push(...page.entities);
    ({ hasMore } = page);
  }
  return { entities, hasMore };
}
