import { UnexpectedAnswerError } from '../../errors.ts';
import { isRecord } from '../../json.ts';
import type { PortClient } from '../client/client.ts';
import type { StoredEntity } from './get-entity.ts';

/** Entities a call: Port takes up to 1,000; so many of a few KB each stay well inside one try's time. */
export const searchPageSize = 250;

/** Pages without an entity that are followed; a search that goes on like that never ends. */
const mostEmptyPages = 9;

export interface Search {
  /** Undefined: the whole catalog, which Port gives in one answer. */
  readonly blueprint: string | undefined;
  /** Port's search query (combinator and rules); undefined: all entities of the blueprint. */
  readonly query: unknown;
  /** Names of the entity's JSON, such as `properties.imageTag`; none: everything. */
  readonly include: readonly string[];
  /** Most entities to read. */
  readonly limit: number;
  /** The longest that a page may take, tries and waits included, in ms; default: all the time that is left. */
  readonly atMost?: number;
}

export interface SearchPage {
  readonly entities: readonly StoredEntity[];
  /** Whether Port has more than was read so far; `limit` may end the search before. */
  readonly hasMore: boolean;
}

/** Reads what a search finds, page by page, so that no more than one page is in memory. */
export async function* searchEntities(port: PortClient, search: Search): AsyncGenerator<SearchPage> {
  if (search.blueprint === undefined) {
    yield searchCatalog(port, search);
    return;
  }
  let left = search.limit;
  let from: string | undefined;
  let emptyPages = 0;
  const seen = new Set<string>();
  do {
    const answer = await port.call('searchEntities', {
      parameters: { blueprint: search.blueprint },
      ...(search.atMost !== undefined && { atMost: search.atMost }),
      body: {
        ...(search.query !== undefined && { query: search.query }),
        ...(search.include.length > 0 && { include: search.include.map(nameInSearch) }),
        limit: Math.min(searchPageSize, left),
        ...(from !== undefined && { from }),
      },
    });
    const entities = entitiesOf(answer);
    const next = typeof answer.next === 'string' && answer.next !== '' ? answer.next : undefined;
    if (next !== undefined) {
      if (seen.has(next)) throw unexpected('names a page as the next one for the second time');
      seen.add(next);
    }
    emptyPages = entities.length === 0 ? emptyPages + 1 : 0;
    if (emptyPages > mostEmptyPages)
      throw unexpected(`is the ${emptyPages}th empty page in a row, with more to come`);
    yield { entities: entities.slice(0, left), hasMore: next !== undefined || entities.length > left };
    left -= entities.length;
    from = next;
  } while (from !== undefined && left > 0);
}

async function searchCatalog(port: PortClient, { query, include, limit }: Search): Promise<SearchPage> {
  const answer = await port.call('searchCatalog', { query: { include }, body: query });
  const entities = entitiesOf(answer);
  return { entities: entities.slice(0, limit), hasMore: entities.length > limit };
}

function entitiesOf(answer: Readonly<Record<string, unknown>>): readonly StoredEntity[] {
  const { entities } = answer;
  if (!Array.isArray(entities)) throw unexpected('holds none');
  if (!entities.every(isIdentified)) throw unexpected('holds an entity without an identifier');
  return entities;
}

function isIdentified(value: unknown): value is StoredEntity & { readonly identifier: string } {
  return isRecord(value) && typeof value.identifier === 'string';
}

function unexpected(what: string): UnexpectedAnswerError {
  return new UnexpectedAnswerError(
    `Cannot search for entities: the answer ${what}. Is baseUrl the address of Port's API?`,
  );
}

/** Names of what is neither a property nor a relation; a blueprint's search marks them with `$`. */
const ownNames: ReadonlySet<string> = new Set([
  ...['identifier', 'title', 'icon', 'team', 'blueprint'],
  ...['createdAt', 'createdBy', 'updatedAt', 'updatedBy'],
]);

/** A blueprint's search names properties and relations by their identifiers alone. */
function nameInSearch(name: string): string {
  return ownNames.has(name) ? `$${name}` : name.replace(/^(properties|relations)\./, '');
}
