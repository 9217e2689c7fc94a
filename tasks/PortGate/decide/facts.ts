import { type BlueprintLookup, blueprintLookup, getBlueprint } from '../../common/port/blueprints.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import { type StoredEntity, getEntity, isNotFound } from '../../common/port/entities/get-entity.ts';
import { typedQuery } from '../../common/port/entities/query.ts';
import { searchEntities } from '../../common/port/entities/search-entities.ts';
import type { Scorecard } from '../../common/port/scorecards.ts';
import type { Requirements } from '../inputs.ts';
import type { Forbidden } from '../read/forbidden.ts';

/** What Port knows at one look. */
export interface Facts {
  /** Undefined where it is not in Port. */
  readonly entity: StoredEntity | undefined;
  /** Definitions of the blueprint's scorecards; none where no scorecard is asked about. */
  readonly scorecards: readonly Scorecard[];
  /** What each search for forbidden entities has found, the first few. */
  readonly hits: readonly Hits[];
}

export interface Hits {
  readonly entities: readonly StoredEntity[];
  readonly hasMore: boolean;
}

/** So many entities of a search are named. */
const mostHits = 10;

/**
 * One look: a call for the entity and one for each search. Scorecards come with the entity, unless `include` is sent.
 * @throws PortApiError where the blueprint, or one of a search, is not in Port
 */
export async function takeLook(
  port: PortClient,
  { forbidden, ...requirements }: Requirements,
  scorecards: readonly Scorecard[],
): Promise<Facts> {
  const entity = await read(port, requirements);
  const hits: Hits[] = [];
  const lookUp = blueprintLookup(port);
  for (const each of forbidden) hits.push(await search(port, lookUp, each));
  return { entity, scorecards, hits };
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
